// Painter: draws streets, vehicles, lights and backlog of one run on a canvas.

const MARKED = 1.6, ARROWED = 5;  // pixels per metre, least scale for markings and arrows
const LEAST_LENGTH = 3, LEAST_WIDTH = 2;  // pixels
const DETAILED = 14;  // pixels, length of the smallest vehicle with a windscreen
const BADGE_ROOM = 13;  // pixels between the end of a road and the number of its backlog
const GLASS = "rgb(30 36 44)";

// Shapes of a vehicle, nose up, in shares of its width and length.
const BODY = [
  [-0.5, -0.46], [-0.44, -0.5], [0.44, -0.5], [0.5, -0.46], [0.5, 0.34], [0.34, 0.5], [-0.34, 0.5], [-0.5, 0.34],
];
const PLAIN = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]];
const WINDSCREEN = [[-0.36, 0.12], [0.36, 0.12], [0.3, 0.28], [-0.3, 0.28]];
const REAR_WINDOW = [[-0.33, -0.36], [0.33, -0.36], [0.36, -0.26], [-0.36, -0.26]];

class Painter {
  constructor(canvas, header, layer, traffic) {
    const { camera, streets } = layer;
    Object.assign(this, { canvas, header, layer, traffic, camera, streets, byDelay: false });
    this.context = canvas.getContext("2d", { alpha: false });
    this.colours = header.colours;
  }

  // Draws the map at a time, with a mark at the chosen intersection or vehicle of this run.
  draw(time, chosen) {
    const { canvas, context, camera } = this;
    if (canvas.width === 0 || canvas.height === 0) return;  // on paper, or in a page that hides it
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.layer.image(canvas.width, canvas.height), 0, 0);
    camera.apply(context);
    const shown = this.traffic.at(time);
    if (chosen !== null && chosen.kind === "intersection") this.drawRing(chosen.index);
    this.drawVehicles(shown);
    this.drawBarriers(Math.ceil(time) - 1);
    this.drawLights(Math.ceil(time));
    if (chosen !== null && chosen.kind === "vehicle") this.drawHalo(shown, chosen.index);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.drawBacklog(Math.floor(time));
  }

  // Draws a striped barrier before the end of each lane that is closed in a second.
  drawBarriers(second) {
    const { context, camera, header } = this, { columns } = this.traffic, { dash, least } = header.barrier;
    columns.closed_from.forEach((from, i) => {
      if (second < from || second >= columns.closed_until[i]) return;
      const [x, y, endX, endY] = columns["barriers.points"].subarray(4 * i, 4 * i + 4);
      context.lineWidth = Math.max(columns.closed_width[i], least / camera.scale);
      for (const [stripes, colour] of [[[], this.colours.ground], [[dash, dash], this.colours.warning]]) {
        context.setLineDash(stripes);
        context.strokeStyle = rgb(colour);
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(endX, endY);
        context.stroke();
      }
      context.setLineDash([]);
    });
  }

  drawVehicles(shown) {
    const { context, camera, header } = this;
    const colours = this.byDelay ? header.delay_colours : header.speed_colours;
    const width = Math.max(header.vehicle_width, LEAST_WIDTH / camera.scale);
    const half = Math.hypot(camera.width, camera.height) / 2 / camera.scale + 20;
    const steps = colours.map(() => []);
    for (const vehicle of shown) {
      if (Math.hypot(vehicle.front.x - camera.x, vehicle.front.y - camera.y) > half) continue;
      steps[this.step(vehicle, colours.length)].push(vehicle);
    }
    const detailed = 5 * camera.scale >= DETAILED;
    steps.forEach((vehicles, step) => this.fillShapes(vehicles, [detailed ? BODY : PLAIN], width, rgb(colours[step])));
    if (detailed) for (const vehicles of steps) this.fillShapes(vehicles, [WINDSCREEN, REAR_WINDOW], width, GLASS);
  }

  // Index of a vehicle's colour in a scale of `count` colours.
  step(vehicle, count) {
    const limit = this.streets.columns.limit[vehicle.drivable];
    const share = this.byDelay ? vehicle.delay / 10 / this.header.long_delay : vehicle.speed / 100 / limit;
    return Math.floor(clamp(share, 0, 1) * (count - 1) + 0.5);
  }

  fillShapes(vehicles, shapes, width, colour) {
    if (!vehicles.length) return;
    const { context } = this, least = LEAST_LENGTH / this.camera.scale;
    context.beginPath();
    for (const { front, rear } of vehicles) {
      const x = (front.x + rear.x) / 2, y = (front.y + rear.y) / 2;
      const length = Math.hypot(front.x - rear.x, front.y - rear.y) || 1e-9;
      const east = (front.x - rear.x) / length, north = (front.y - rear.y) / length, long = Math.max(length, least);
      for (const shape of shapes) {
        shape.forEach(([right, ahead], i) => {
          const px = x + ahead * long * east + right * width * north;
          const py = y + ahead * long * north - right * width * east;
          if (i) context.lineTo(px, py); else context.moveTo(px, py);
        });
        context.closePath();
      }
    }
    context.fillStyle = colour;
    context.fill();
  }

  // Draws each signal head in the shape and colour of its light. Green ones lie on top.
  drawLights(second) {
    const { header, traffic, camera } = this, { columns } = this.streets;
    const heads = header.lights.map(() => []);
    const all = camera.scale >= header.coarse;
    columns.head_movement.forEach((movement, head) => {
      if (all || columns.head_changes[head]) heads[traffic.light(movement, second)].push(head);
    });
    for (const light of [2, 1, 0]) this.fillLights(heads[light], light);
  }

  fillLights(heads, light) {
    const { context, camera, header } = this, { corners, least } = header.light_shapes[light];
    const bars = this.streets.columns["bars.points"];
    const length = header.bar * Math.max(...corners.map(([, ahead]) => ahead));
    const longer = Math.max(1, least / camera.scale / length);
    context.beginPath();
    for (const head of heads) {
      const [left, leftY, right, rightY, beyond, beyondY] = bars.subarray(8 * head, 8 * head + 6);
      const width = Math.hypot(right - left, rightY - leftY) || 1e-9;
      const wider = Math.max(1, header.least_width / camera.scale / width);
      const acrossX = wider * (right - left), acrossY = wider * (rightY - leftY);
      const aheadX = longer * (beyond - right), aheadY = longer * (beyondY - rightY);
      const footX = (left + right) / 2, footY = (leftY + rightY) / 2;
      corners.forEach(([across, ahead], i) => {
        const x = footX + across * acrossX + ahead * aheadX, y = footY + across * acrossY + ahead * aheadY;
        if (i) context.lineTo(x, y); else context.moveTo(x, y);
      });
      context.closePath();
    }
    context.fillStyle = rgb(header.lights[light]);
    context.fill();
  }

  drawRing(n) {
    const { columns } = this.streets;
    this.circle(columns.middles[2 * n], columns.middles[2 * n + 1], columns.reaches[n] + 4 / this.camera.scale);
  }

  drawHalo(shown, index) {
    for (const { index: found, front, rear } of shown) {
      if (found === index) this.circle((front.x + rear.x) / 2, (front.y + rear.y) / 2, 4 + 5 / this.camera.scale);
    }
  }

  circle(x, y, radius) {
    const { context } = this;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = rgb(this.colours.text);
    context.lineWidth = 2 / this.camera.scale;
    context.stroke();
  }

  // Writes the number of vehicles that wait to enter, at the start of each entry road.
  drawBacklog(second) {
    const { context, camera, header, streets, traffic } = this;
    context.font = "bold 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { lanes, x, y, east, north } of streets.entries) {
      const waiting = lanes.reduce((sum, lane) => sum + traffic.columns.backlog[second * header.lanes + lane], 0);
      if (!waiting) continue;
      const [px, py] = camera.pixels(x, y), text = `+${waiting}`, wide = context.measureText(text).width / 2 + 5;
      if (px < 0 || px > camera.width || py < 0 || py > camera.height) continue;
      const middle = [
        clamp(px + BADGE_ROOM * east, wide, camera.width - wide), clamp(py - BADGE_ROOM * north, 9, camera.height - 9),
      ];
      context.fillStyle = rgb(this.colours.ground);
      context.beginPath();
      context.roundRect(middle[0] - wide, middle[1] - 9, 2 * wide, 18, 4);
      context.fill();
      context.fillStyle = rgb(this.colours.warning);
      context.fillText(text, ...middle);
    }
  }
}
