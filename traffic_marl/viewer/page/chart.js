// Chart: the mean delay over the whole run, with a mark at the present time.

class Chart {
  constructor(canvas, header, delays) {
    Object.assign(this, { canvas, header, delays });
    this.top = delays.reduce((most, delay) => Math.max(most, delay), 1);
  }

  draw(time) {
    const { canvas, delays, header } = this, ratio = devicePixelRatio;
    const width = canvas.clientWidth, height = canvas.clientHeight, context = canvas.getContext("2d");
    if (!width) return;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const left = 0, floor = height - 2, ceiling = 14, last = Math.max(delays.length - 1, 1);
    const x = (second) => left + (width - left) * second / last;
    const y = (delay) => floor - (floor - ceiling) * delay / this.top;
    context.strokeStyle = "rgb(255 255 255 / 18%)";
    context.beginPath();
    context.moveTo(left, floor);
    context.lineTo(width, floor);
    context.stroke();
    this.line(context, x, y, delays.length, "rgb(255 255 255 / 30%)", 1);
    this.line(context, x, y, Math.floor(time) + 1, rgb(header.speed_colours.at(-1)), 2);
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

  line(context, x, y, end, colour, width) {
    const each = Math.max(1, Math.floor(this.delays.length / 600));
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    let begun = false;
    for (let second = 0; second < end; second += each) {
      if (this.delays[second] === this.header.no_delay) continue;
      if (begun) context.lineTo(x(second), y(this.delays[second]));
      else context.moveTo(x(second), y(this.delays[second]));
      begun = true;
    }
    context.stroke();
  }
}
