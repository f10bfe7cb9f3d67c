// Buttons, slider and keys.

function listenToControls(player) {
  const clicks = {
    play: () => player.play(),
    back: () => player.step(-1),
    forth: () => player.step(1),
    colours: () => player.toggleColours(),
    fit: () => player.fit(),
    helper: () => player.toggleHelp(),
  };
  for (const [name, does] of Object.entries(clicks)) element(name).onclick = does;
  element("time").oninput = (event) => player.seek(Number(event.target.value));
  element("speed").onchange = (event) => player.setSpeed(Number(event.target.value));
  const seek = (event) => player.seek(player.last * event.offsetX / element("chart").clientWidth);
  element("chart").onpointerdown = seek;
  element("chart").onpointermove = (event) => { if (event.buttons) seek(event); };
}

// Label and description of keys, and their actions by the browser's names of the keys.
function bindings(player) {
  const by = (seconds) => () => player.seek(player.time + seconds);
  const to = (time) => () => player.seek(time);
  const step = (seconds) => () => player.step(seconds);
  const zoom = (factor) => () => player.zoom(factor);
  const move = (right, down) => () => player.move(right, down);
  const faster = (places) => () => player.faster(places);
  const help = () => player.toggleHelp();
  return [
    ["space", "play or pause", { " ": () => player.play() }],
    ["left, right", "back or forward 10 s", { ArrowLeft: by(-10), ArrowRight: by(10) }],
    ["shift + left, right", "back or forward 60 s", { "Shift+ArrowLeft": by(-60), "Shift+ArrowRight": by(60) }],
    [", and .", "back or forward 1 s", { ",": step(-1), ".": step(1), n: step(1) }],
    ["home (or r), end", "go to the start or to the end", { Home: to(0), r: to(0), End: to(player.last) }],
    ["up, down", "faster or slower", { ArrowUp: faster(1), "]": faster(1), ArrowDown: faster(-1), "[": faster(-1) }],
    ["+ and -", "zoom in or out", { "+": zoom(1.25), "=": zoom(1.25), "-": zoom(0.8) }],
    ["w, a, s, d", "move the map", { w: move(0, 60), a: move(60, 0), s: move(0, -60), d: move(-60, 0) }],
    ["f", "show the whole network", { f: () => player.fit() }],
    ["c", "colour by speed or by delay", { c: () => player.toggleColours() }],
    ["i, shift + i", "select the next or previous intersection",
      { i: () => player.chooseNext(1), I: () => player.chooseNext(-1) }],
    ["g", "go to the selected intersection", { g: () => player.goTo() }],
    ["h or ?", "show or hide this help", { h: help, "?": help, F1: help }],
    ["escape", "close the help or the selection", { Escape: () => player.leave() }],
  ];
}

function listenToKeys(player) {
  const actions = new Map();
  for (const [label, what, does] of bindings(player)) {
    const row = element("keys").insertRow();
    row.insertCell().textContent = label;
    row.insertCell().textContent = what;
    for (const [key, action] of Object.entries(does)) actions.set(key, action);
  }
  addEventListener("keydown", (event) => {
    const name = (event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : "") + event.key;
    const action = actions.get(name) || actions.get(name.toLowerCase());
    if (action === undefined || event.ctrlKey || event.altKey || event.metaKey || isTaken(event)) return;
    event.preventDefault();
    action();
  });
}

// Whether the focused control uses a key itself.
function isTaken(event) {
  const { tagName } = event.target;
  return tagName === "SELECT" || (tagName === "BUTTON" && event.key === " ");
}
