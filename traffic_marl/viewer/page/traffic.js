// Traffic: the vehicles and lights at any time.

class Traffic {
  constructor(header, columns, streets) {
    this.header = header;
    this.columns = columns;
    this.streets = streets;
    this.first = columns["vehicle.first"];
    this.seconds = columns["vehicle.seconds"];
    this.start = startsOf(this.seconds);
    this.drivable = columns["vehicle.drivable"];
    this.cameFrom = columns["vehicle.came_from"];
    this.distance = columns["vehicle.distance"];
    this.speed = columns["vehicle.speed"];
    this.delay = columns["vehicle.delay"];
    this.green = header.row_movements.map((rows) => rows.map((movements) => new Set(movements)));
    this.shown = [];  // vehicles at the time that `at` was last called with
    this.pool = [];
  }

  // Fills `shown` with the vehicles at a time. Between seconds they move evenly along their paths.
  at(time) {
    const second = Math.floor(time), share = time - second;
    this.shown.length = 0;
    for (let v = 0; v < this.first.length; v++) {
      const row = second - this.first[v];
      if (row < -1 || row >= this.seconds[v]) continue;
      const now = this.start[v] + row;
      if (share === 0) {
        if (row >= 0) this.show(v, now, this.distance[now], this.speed[now]);
      } else if (row + 1 < this.seconds[v]) {
        this.showBetween(v, row < 0 ? -1 : now, now + 1, share);
      } else {
        const distance = this.distance[now] + share * this.speed[now];
        if (distance <= 100 * this.streets.length[this.drivable[now]]) this.show(v, now, distance, this.speed[now]);
      }
    }
    return this.shown;
  }

  showBetween(v, earlier, later, share) {
    const before = earlier < 0 ? 0 : this.speed[earlier];
    const way = earlier < 0 ? this.distance[later] : this.way(earlier, later);
    this.show(v, later, this.distance[later] - (1 - share) * way, before + share * (this.speed[later] - before));
  }

  // Distance that a vehicle moved in a second. 0 if it passed more than one whole drivable.
  way(earlier, later) {
    const { length, columns } = this.streets;
    const start = this.drivable[earlier], via = this.cameFrom[later];
    const step = this.distance[later] - this.distance[earlier];
    if (start === this.drivable[later]) return step;
    if (via < 0) return 0;
    if (start === via) return step + 100 * length[via];
    if (start === columns.before[via]) return step + 100 * (length[via] + length[start]);
    return 0;
  }

  show(v, row, distance, speed) {
    const place = this.shown.length;
    const vehicle = this.pool[place] || (this.pool[place] = { front: { x: 0, y: 0 }, rear: { x: 0, y: 0 } });
    const drivable = this.drivable[row], from = this.cameFrom[row];
    vehicle.index = v;
    vehicle.number = this.columns["vehicle.vehicle"][v];
    vehicle.drivable = drivable;
    vehicle.speed = speed;
    vehicle.delay = this.delay[row];
    this.streets.find(vehicle.front, drivable, from, distance / 100);
    this.streets.find(vehicle.rear, drivable, from, (distance - this.columns.length[vehicle.number]) / 100);
    this.shown.push(vehicle);
  }

  // Light of a movement in the second that ends at `second`: 0 go, 1 caution, 2 stop.
  light(movement, second) {
    const { header, columns } = this;
    const n = columns.movement_intersection[movement];
    const at = second * header.intersections.length + n;
    if (this.green[n][columns.row[at]].has(movement)) return 0;
    if (columns.interval[at] !== header.intervals.yellow) return 2;
    const previous = columns.phase_row[n * header.phases + columns.previous[at]];
    return this.green[n][previous].has(movement) ? 1 : 2;
  }
}
