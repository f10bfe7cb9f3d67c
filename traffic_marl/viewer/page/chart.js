// Chart: the mean delay of all runs over the whole time, with a mark at the present time.

class Chart {
  constructor(canvas, header, runs) {
    Object.assign(this, { canvas, header, runs });
    this.last = Math.max(1, ...runs.map((run) => run.last));
    this.top = runs.flatMap((run) => [...run.columns.mean_delay]).reduce((most, delay) => Math.max(most, delay), 1);
  }

  draw(time) {
    const { canvas, header } = this, ratio = devicePixelRatio;
    const width = canvas.clientWidth, height = canvas.clientHeight, context = canvas.getContext("2d");
    if (!width) return;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const left = 0, floor = height - 2, ceiling = 14;
    const x = (second) => left + (width - left) * second / this.last;
    const y = (delay) => floor - (floor - ceiling) * delay / this.top;
    context.strokeStyle = "rgb(255 255 255 / 18%)";
    context.beginPath();
    context.moveTo(left, floor);
    context.lineTo(width, floor);
    context.stroke();
    for (const { columns: { mean_delay: delays } } of this.runs) {
      this.line(context, x, y, delays, "rgb(255 255 255 / 30%)", 1);
    }
    for (const run of this.runs) {
      const past = run.columns.mean_delay.subarray(0, Math.floor(run.within(time)) + 1);
      this.line(context, x, y, past, rgb(run.colour), 2);
    }
    context.strokeStyle = rgb(header.colours.text);
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(time), ceiling - 4);
    context.lineTo(x(time), floor);
    context.stroke();
    context.fillStyle = rgb(header.colours.marking);
    context.font = "11px system-ui, sans-serif";
    context.fillText(`up to ${this.top.toFixed(0)}`, 2, 10);
  }

  line(context, x, y, delays, colour, width) {
    const each = Math.max(1, Math.floor(this.last / 600));
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    let begun = false;
    for (let second = 0; second < delays.length; second += each) {
      if (delays[second] === this.header.no_delay) continue;
      if (begun) context.lineTo(x(second), y(delays[second]));
      else context.moveTo(x(second), y(delays[second]));
      begun = true;
    }
    context.stroke();
  }
}
