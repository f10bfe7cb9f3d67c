"use strict";

// Unpacks the recording in the page into columns of numbers by name.
// Units as in the file: lengths in cm, speeds in cm/s, delays in tenths of a second.

const element = (name) => document.getElementById(name);
const rgb = (colour) => `rgb(${colour.join(" ")})`;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

async function unpackedColumns(columns, text) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("This browser cannot unpack the recording. Chrome 80, Firefox 113 and Safari 16.4 or later can.");
  }
  const letters = atob(text.trim());
  const packed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const found = {};
  let at = 0;
  for (const { name, kind, size, width } of columns) {
    const planes = kind === "int" ? 4 : 8;
    const part = bytes.subarray(at, at + planes * size);
    found[name] = kind === "int" ? ints(part, size, width) : floats(part, size);
    at += planes * size;
  }
  if (at !== bytes.length) throw new Error("The recording in this page is damaged.");
  return found;
}

// The columns of one run and those of the streets, by their names.
function columnsOfRun(columns, place) {
  const own = `run${place}/`, found = {};
  for (const [name, values] of Object.entries(columns)) {
    if (name.startsWith(own)) found[name.slice(own.length)] = values;
    else if (!/^run[0-9]+\//.test(name)) found[name] = values;
  }
  restoreDistances(found);
  return found;
}

function ints(part, size, width) {
  const values = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const folded = part[i] | (part[i + size] << 8) | (part[i + 2 * size] << 16) | (part[i + 3 * size] << 24);
    values[i] = (folded >>> 1) ^ -(folded & 1);
  }
  if (width > 0) for (let i = width; i < size; i++) values[i] += values[i - width];
  return values;
}

function floats(part, size) {
  const bytes = new Uint8Array(8 * size);
  for (let i = 0; i < size; i++) for (let k = 0; k < 8; k++) bytes[8 * i + k] = part[i + k * size];
  return new Float64Array(bytes.buffer);
}

// Distances are stored as their difference to the prediction by the mean speed.
function restoreDistances(columns) {
  const speed = columns["vehicle.speed"], distance = columns["vehicle.distance"];
  let predicted = 0;
  for (let i = 0; i < distance.length; i++) {
    predicted += ((i ? speed[i - 1] : 0) + speed[i]) >> 1;
    distance[i] = (distance[i] + predicted) | 0;
  }
}

function startsOf(count) {
  const starts = new Int32Array(count.length + 1);
  for (let i = 0; i < count.length; i++) starts[i + 1] = starts[i] + count[i];
  return starts;
}
