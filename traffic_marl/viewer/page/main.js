// Unpacks the recording and plays it.

async function main() {
  const header = JSON.parse(element("header").textContent);
  const columns = await unpackedColumns(header.columns, element("columns").textContent);
  restoreDistances(columns);
  new Player(header, columns).start();
}

main().catch((error) => {
  element("message").textContent = error.message;
  throw error;
});
