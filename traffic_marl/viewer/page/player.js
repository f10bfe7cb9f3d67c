// Player: present time, speed, selection, and all actions of the user.

const SPEEDS = [1, 2, 5, 10, 20, 30, 60, 120];  // seconds of traffic per second
const DEFAULT_SPEED = 10;
const NEAR = 12;  // pixels, a click this close to a vehicle or intersection selects it
const ROOM_AROUND = 6;  // side of the window in radii of the intersection that is gone to

class Player {
  constructor(header, columns) {
    this.header = header;
    this.columns = columns;
    this.time = 0;
    this.playing = false;
    this.speed = DEFAULT_SPEED;
    this.chosen = null;
    this.byDelay = false;  // vehicles have the colour of their delay, not of their speed
    this.camera = new Camera();
    this.streets = new Streets(header, columns);
    const layer = new StreetLayer(header.colours, this.streets, this.camera);
    this.runs = header.runs.map((_, place) => new Run(header, columns, layer, place));
    this.last = Math.max(...this.runs.map((run) => run.last));
    this.figures = new Figures(this);
    this.stale = true;  // something has changed since the last drawing
    this.fitted = true;  // the whole map is shown, also after a change of size
  }

  start() {
    element("panel").hidden = element("controls").hidden = false;
    element("message").hidden = true;
    this.figures.start();
    listenToControls(this);
    listenToKeys(this);
    const observer = new ResizeObserver(() => this.resize());
    for (const run of this.runs) {
      listenToPointers(this, run);
      observer.observe(run.canvas);
    }
    addEventListener("hashchange", () => this.readAddress());
    this.resize();
    this.readAddress();
    let before = performance.now();
    const frame = (now) => {
      this.pass((now - before) / 1000);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pass(seconds) {
    if (this.playing) {
      this.time = Math.min(this.time + seconds * this.speed, this.last);
      if (this.time === this.last) this.playing = false;
      this.stale = true;
    }
    if (!this.stale) return;
    this.stale = false;
    this.follow();
    for (const run of this.runs) {
      run.painter.byDelay = this.byDelay;
      run.painter.draw(run.within(this.time), run.own(this.chosen));
    }
    this.figures.show();
  }

  // Keeps a followed vehicle in the middle.
  follow() {
    if (this.chosen === null || this.chosen.kind !== "vehicle") return;
    const { run, index: wanted } = this.chosen;
    const vehicle = run.traffic.at(run.within(this.time)).find(({ index }) => index === wanted);
    if (vehicle === undefined) return;
    this.camera.x = vehicle.front.x;
    this.camera.y = vehicle.front.y;
    this.fitted = false;
  }

  // Actions of the user

  play() {
    if (!this.playing && this.time === this.last) this.time = 0;
    this.playing = !this.playing;
    this.stale = true;
  }

  seek(time) {
    this.time = clamp(time, 0, this.last);
    this.stale = true;
  }

  step(seconds) {
    this.playing = false;
    this.seek(seconds > 0 ? Math.floor(this.time) + seconds : Math.ceil(this.time) + seconds);
  }

  faster(places) {
    this.setSpeed(SPEEDS[clamp(SPEEDS.indexOf(this.speed) + places, 0, SPEEDS.length - 1)]);
  }

  setSpeed(speed) {
    this.speed = speed;
    this.stale = true;
  }

  zoom(factor, px, py) {
    this.camera.zoom(factor, px, py);
    this.fitted = false;
    this.stale = true;
  }

  move(right, down) {
    if (this.chosen !== null && this.chosen.kind === "vehicle") this.choose(null);
    this.camera.move(right, down);
    this.fitted = false;
    this.stale = true;
  }

  fit() {
    const panel = element("panel").getBoundingClientRect();
    const covers = this.runs.length === 1 && panel.width < this.camera.width / 2;
    this.fitted = true;
    this.camera.fit(this.streets.bounds, covers ? panel.width + 20 : 0);
    this.stale = true;
  }

  toggleColours() {
    this.byDelay = !this.byDelay;
    this.figures.showLegend();
    this.stale = true;
  }

  toggleHelp() {
    element("help").hidden = !element("help").hidden;
  }

  leave() {
    if (!element("help").hidden) this.toggleHelp();
    else this.choose(null);
  }

  choose(chosen) {
    this.chosen = chosen;
    this.stale = true;
  }

  // Selects the vehicle near a pixel of a run's map, or else the intersection there, or else nothing.
  chooseAt(run, px, py) {
    const [x, y] = this.camera.metres(px, py);
    let nearest = null, least = Math.max(NEAR / this.camera.scale, 1.5);
    for (const { index, front, rear } of run.traffic.at(run.within(this.time))) {
      const distance = Math.hypot((front.x + rear.x) / 2 - x, (front.y + rear.y) / 2 - y);
      if (distance < least) [nearest, least] = [{ kind: "vehicle", index, run }, distance];
    }
    const inside = this.intersectionAt(x, y);
    const isMeant = inside !== null && (nearest === null || this.camera.scale < MARKED);
    this.choose(isMeant ? { kind: "intersection", index: inside } : nearest);
  }

  intersectionAt(x, y) {
    const { middles, reaches } = this.columns;
    for (let n = 0; n < reaches.length; n++) {
      const reach = Math.max(reaches[n], NEAR / this.camera.scale);
      if (Math.hypot(middles[2 * n] - x, middles[2 * n + 1] - y) <= reach) return n;
    }
    return null;
  }

  // Selects the next intersection, in the order of the recording.
  chooseNext(places) {
    const count = this.header.intersections.length;
    const now = this.chosen !== null && this.chosen.kind === "intersection" ? this.chosen.index : places > 0 ? -1 : 0;
    this.choose({ kind: "intersection", index: (now + places + count) % count });
  }

  // Zooms in on the selected intersection.
  goTo() {
    if (this.chosen === null || this.chosen.kind !== "intersection") return;
    const { camera, columns } = this, n = this.chosen.index;
    camera.scale = clamp(Math.min(camera.width, camera.height) / (ROOM_AROUND * columns.reaches[n]), FARTHEST, CLOSEST);
    [camera.x, camera.y] = [columns.middles[2 * n], columns.middles[2 * n + 1]];
    this.fitted = false;
    this.stale = true;
  }

  // `#t=600&speed=20&play` plays from 600 s at 20 times real time. `#at=NAME` goes to an intersection.
  readAddress() {
    const options = new URLSearchParams(location.hash.slice(1));
    const number = (name) => (options.has(name) ? Number(options.get(name)) : NaN);
    if (Number.isFinite(number("t"))) this.seek(number("t"));
    if (SPEEDS.includes(number("speed"))) this.setSpeed(number("speed"));
    const n = this.header.intersections.indexOf(options.get("at"));
    if (n >= 0) {
      this.choose({ kind: "intersection", index: n });
      this.goTo();
    }
    if (options.has("play") && !this.playing) this.play();
  }

  // Sets the size of the maps. This clears them, so they are drawn at once.
  resize() {
    const maps = element("maps"), { camera } = this, { canvas } = this.runs[0];
    maps.style.gap = `${2 - maps.clientHeight % 2}px ${2 - maps.clientWidth % 2}px`;  // both maps get whole pixels
    const changed = this.runs.map((run) => run.resize());
    if (!changed.includes(true)) return;
    [camera.width, camera.height] = [canvas.clientWidth, canvas.clientHeight];
    if (this.fitted) this.fit();
    this.stale = true;
    this.pass(0);
  }
}
