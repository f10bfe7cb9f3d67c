// Mouse and fingers on a map. All maps move together.

const CLICK = 5;  // pixels that a pointer may move during a click

// One pointer drags, two pinch. A pointer that does not move clicks.
function listenToPointers(player, run) {
  const canvas = run.canvas, down = new Map();
  let moved = 0;
  const span = () => {
    const [one, other] = [...down.values()];
    const size = Math.hypot(one.x - other.x, one.y - other.y) || 1;
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, size };
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    player.zoom(Math.exp(-clamp(pixels, -200, 200) / 400), event.offsetX, event.offsetY);
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    if (down.size === 0) moved = 0;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    const earlier = down.size === 2 ? span() : null;
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    moved += Math.hypot(event.offsetX - before.x, event.offsetY - before.y);
    if (moved <= CLICK) return;
    canvas.classList.add("dragged");
    if (earlier === null) {
      if (down.size === 1) player.move(event.offsetX - before.x, event.offsetY - before.y);
      return;
    }
    const later = span();
    player.move(later.x - earlier.x, later.y - earlier.y);
    player.zoom(later.size / earlier.size, later.x, later.y);
  });
  const lift = (event) => {
    if (down.delete(event.pointerId) && down.size === 0) {
      canvas.classList.remove("dragged");
      if (event.type === "pointerup" && moved <= CLICK) player.chooseAt(run, event.offsetX, event.offsetY);
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
}
