// Streets: lines and shapes in metres, and places along the lines.

const AREAS = ["roads", "junctions", "arrows"];
const LINES = ["edges", "centres", "solid", "dashes", "stops"];

class Streets {
  constructor(header, columns) {
    this.columns = columns;
    this.points = columns["lines.points"];
    this.first = startsOf(columns["lines.count"]);
    this.along = new Float64Array(this.points.length / 2);
    this.length = new Float64Array(columns["lines.count"].length);
    for (let line = 0; line < this.length.length; line++) this.measure(line);
    this.layers = { paths: this.connectionPaths(header.lanes) };
    for (const name of AREAS) this.layers[name] = this.shapes(name, true);
    for (const name of LINES) this.layers[name] = this.shapes(name, false);
    this.bounds = boundsOf(columns["roads.points"]);
    this.entries = entriesOf(this);
  }

  measure(line) {
    const { points, along, first } = this;
    for (let i = first[line] + 1; i < first[line + 1]; i++) {
      along[i] = along[i - 1] + Math.hypot(points[2 * i] - points[2 * i - 2], points[2 * i + 1] - points[2 * i - 1]);
    }
    this.length[line] = along[first[line + 1] - 1];
  }

  shapes(name, closed) {
    return shapePath(this.columns[`${name}.points`], startsOf(this.columns[`${name}.count`]), closed);
  }

  connectionPaths(lanes) {
    const counts = this.columns["lines.count"].subarray(lanes);
    return shapePath(this.points.subarray(2 * this.first[lanes]), startsOf(counts), false);
  }

  // Writes the point at a distance along a drivable into `place`. A negative distance lies on the way before it.
  find(place, drivable, cameFrom, distance) {
    const before = this.columns.before;
    let line = drivable, previous = cameFrom;
    for (let hop = 0; hop < 2 && distance < 0 && previous >= 0; hop++) {
      line = previous;
      distance += this.length[line];
      previous = before[line];
    }
    const { points, along, first } = this;
    let i = first[line];
    while (i < first[line + 1] - 2 && along[i + 1] < distance) i++;
    const span = along[i + 1] - along[i];
    const share = span > 0 ? (distance - along[i]) / span : 0;
    place.x = points[2 * i] + share * (points[2 * i + 2] - points[2 * i]);
    place.y = points[2 * i + 1] + share * (points[2 * i + 3] - points[2 * i + 1]);
  }
}

function shapePath(points, starts, closed) {
  const path = new Path2D();
  for (let shape = 0; shape + 1 < starts.length; shape++) {
    for (let i = starts[shape]; i < starts[shape + 1]; i++) {
      if (i === starts[shape]) path.moveTo(points[2 * i], points[2 * i + 1]);
      else path.lineTo(points[2 * i], points[2 * i + 1]);
    }
    if (closed) path.closePath();
  }
  return path;
}

function boundsOf(points) {
  const bounds = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    bounds.west = Math.min(bounds.west, points[i]);
    bounds.east = Math.max(bounds.east, points[i]);
    bounds.south = Math.min(bounds.south, points[i + 1]);
    bounds.north = Math.max(bounds.north, points[i + 1]);
  }
  return bounds;
}

// For each entry road its lanes, its start, and the direction out of the map.
function entriesOf(streets) {
  const { points, first, columns } = streets;
  const roads = new Map();
  for (const lane of columns.entry_lanes) {
    const road = columns.lane_road[lane];
    if (!roads.has(road)) roads.set(road, []);
    roads.get(road).push(lane);
  }
  return [...roads.values()].map((lanes) => {
    const at = first[lanes[0]];
    const x = points[2 * at] - points[2 * at + 2], y = points[2 * at + 1] - points[2 * at + 3];
    const mean = (axis) => lanes.reduce((sum, lane) => sum + points[2 * first[lane] + axis], 0) / lanes.length;
    const length = Math.hypot(x, y);
    return { lanes, x: mean(0), y: mean(1), east: x / length, north: y / length };
  });
}
