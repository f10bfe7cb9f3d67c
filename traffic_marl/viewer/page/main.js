// Unpacks the recordings and plays them.

async function main() {
  const header = JSON.parse(element("header").textContent);
  const columns = await unpackedColumns(header.columns, element("columns").textContent);
  new Player(header, columns).start();
}

main().catch((error) => {
  element("message").textContent = error.message;
  throw error;
});
