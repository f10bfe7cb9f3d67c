// Street layer: the streets as an image, which is kept until the camera moves. Maps side by side share it.

class StreetLayer {
  constructor(colours, streets, camera) {
    Object.assign(this, { colours, streets, camera, key: "" });
    this.canvas = document.createElement("canvas");
  }

  // The image at the present size of a map.
  image(width, height) {
    const key = [this.camera.key(), width, height].join();
    if (this.key !== key) this.draw(width, height);
    this.key = key;
    return this.canvas;
  }

  draw(width, height) {
    const { canvas, camera, colours } = this, { layers } = this.streets;
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d", { alpha: false });
    context.fillStyle = rgb(colours.ground);
    context.fillRect(0, 0, width, height);
    camera.apply(context);
    const fill = (shapes, colour) => { context.fillStyle = rgb(colour); context.fill(shapes); };
    const line = (shapes, colour, pixels = 1) => {
      context.strokeStyle = rgb(colour);
      context.lineWidth = pixels / camera.scale;
      context.stroke(shapes);
    };
    fill(layers.roads, colours.road);
    fill(layers.junctions, colours.junction);
    if (camera.scale >= ARROWED) line(layers.paths, colours.path);
    if (camera.scale >= MARKED) {
      line(layers.edges, colours.edge);
      line(layers.dashes, colours.marking);
      line(layers.solid, colours.marking);
      line(layers.stops, colours.marking, 2);
    }
    line(layers.centres, colours.centre);
    if (camera.scale >= ARROWED) fill(layers.arrows, colours.marking);
  }
}
