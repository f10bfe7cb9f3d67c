// Run: one recording of the page, with its map and its part of the panel.

const MAP_LABEL = "drag to move, wheel or pinch to zoom, click to select an intersection or a vehicle";

class Run {
  // `layer` draws the streets that all runs share. A run whose phases or speed limits differ has streets of its own.
  constructor(shared, columns, layer, place) {
    const header = { ...shared, ...shared.runs[place] };
    this.header = header;
    this.columns = columnsOfRun(columns, place);
    const own = this.columns["lines.points"] !== columns["lines.points"];
    this.streets = own ? new Streets(header, this.columns) : layer.streets;
    const streetLayer = own ? new StreetLayer(header.colours, this.streets, layer.camera) : layer;
    this.place = place;
    this.origin = header.origin;
    this.last = header.seconds - 1;
    this.colour = header.run_colours[place];
    element("maps").append(this.copy("view"));
    element("runs").append(this.copy("run"));
    this.canvas = this.element("map");
    this.canvas.setAttribute("aria-label", `Map of the traffic under ${this.origin.strategy}: ${MAP_LABEL}`);
    this.traffic = new Traffic(header, this.columns, this.streets);
    this.painter = new Painter(this.canvas, header, streetLayer, this.traffic);
  }

  // A copy of a template. The ids of the second run end with _2.
  copy(name) {
    const part = element(name).content.cloneNode(true);
    for (const found of part.querySelectorAll("[id]")) found.id = this.id(found.id);
    return part;
  }

  id(name) {
    return this.place ? `${name}_${this.place + 1}` : name;
  }

  element(name) {
    return element(this.id(name));
  }

  write(name, text) {
    write(this.id(name), text);
  }

  // The time that is shown. A run that ends before the other one stays at its end.
  within(time) {
    return Math.min(time, this.last);
  }

  // Mean delay so far [s/veh]. NaN if no vehicle was due.
  delay(time) {
    const delay = this.columns.mean_delay[Math.floor(this.within(time))];
    return delay === this.header.no_delay ? NaN : delay;
  }

  // The chosen thing, if it is on this map. An intersection is on all of them.
  own(chosen) {
    return chosen !== null && (chosen.kind === "intersection" || chosen.run === this) ? chosen : null;
  }

  // Sets the size of the canvas. Returns whether it has changed.
  resize() {
    const { canvas } = this, whole = (side) => Math.round(side * devicePixelRatio);
    const width = whole(canvas.clientWidth), height = whole(canvas.clientHeight);
    if (canvas.width === width && canvas.height === height) return false;
    [canvas.width, canvas.height] = [width, height];
    return true;
  }
}
