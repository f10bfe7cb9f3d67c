// Camera: the middle of the view and its scale.

const CLOSEST = 60, FARTHEST = 0.005;  // pixels per metre
const FIT_MARGIN = 0.04;  // share of the window that is left free around the whole map

class Camera {
  constructor() {
    Object.assign(this, { x: 0, y: 0, scale: 1, width: 1, height: 1 });
  }

  fit(bounds, right) {
    const across = Math.max(bounds.east - bounds.west, 1), up = Math.max(bounds.north - bounds.south, 1);
    const room = Math.max(this.width - right, 0.4 * this.width);
    this.scale = clamp((1 - 2 * FIT_MARGIN) * Math.min(room / across, this.height / up), FARTHEST, CLOSEST);
    this.x = (bounds.west + bounds.east) / 2 + (this.width - room) / 2 / this.scale;
    this.y = (bounds.south + bounds.north) / 2;
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.metres(px, py);
    this.scale = clamp(this.scale * factor, FARTHEST, CLOSEST);
    const [movedX, movedY] = this.metres(px, py);
    this.x += x - movedX;
    this.y += y - movedY;
  }

  move(right, down) {
    this.x -= right / this.scale;
    this.y += down / this.scale;
  }

  metres(px, py) {
    return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale];
  }

  pixels(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }

  key() {
    return [this.x, this.y, this.scale, this.width, this.height, devicePixelRatio].join();
  }

  // Lets a context draw in metres.
  apply(context) {
    const k = this.scale * devicePixelRatio;
    context.setTransform(k, 0, 0, -k, devicePixelRatio * this.width / 2 - k * this.x,
      devicePixelRatio * this.height / 2 + k * this.y);
  }
}
