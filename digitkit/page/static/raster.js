// Pictures as plain numbers, and the few things that are done with them: what belongs together, cutting out, growing, shrinking.
// Each does what the function of OpenCV does that the kit's Python uses, so that both give the same pixels.

import { round } from "./numbers.js";

/**
 * One number for each pixel, row by row: 0 or 1 in a mask, 0 to 255 in grey levels.
 * @typedef {{ width: number, height: number, data: Uint8Array }} Raster
 */
/**
 * Where something is, in pixels.
 * @typedef {{ x: number, y: number, width: number, height: number }} Box
 */

/**
 * @param {number} width
 * @param {number} height
 * @returns {Raster} all zeros
 */
export function blank(width, height) {
  return { width, height, data: new Uint8Array(width * height) };
}

/**
 * The pixels between left and right, top and bottom (these two excluded).
 * @param {Raster} raster
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 * @returns {Raster}
 */
export function cut(raster, left, top, right, bottom) {
  const part = blank(right - left, bottom - top);
  for (let y = top; y < bottom; y++) {
    part.data.set(raster.data.subarray(y * raster.width + left, y * raster.width + right), (y - top) * part.width);
  }
  return part;
}

/**
 * A frame of zeros around a raster.
 * @param {Raster} raster
 * @param {number} by how many pixels
 * @returns {Raster}
 */
export function framed(raster, by) {
  const larger = blank(raster.width + 2 * by, raster.height + 2 * by);
  for (let y = 0; y < raster.height; y++) {
    larger.data.set(raster.data.subarray(y * raster.width, (y + 1) * raster.width), (y + by) * larger.width + by);
  }
  return larger;
}

/**
 * The smallest box around the ink of a mask, or null if there is none.
 * @param {Raster} mask
 * @returns {Box | null}
 */
export function boxOfInk({ width, height, data }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!data[y * width + x]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right + 1 - left, height: bottom + 1 - top };
}

/**
 * The parts of a mask that hang together, also by their corners.
 * @param {Raster} mask
 * @returns {{ labels: Int32Array, parts: (Box & { label: number, area: number, middle: [number, number] })[] }} for each
 *   pixel the number of its part, 0 for none; and the parts from top to bottom; middle: (x, y) of its centre of mass
 */
export function connectedParts({ width, height, data }) {
  const labels = new Int32Array(width * height);
  const parts = [];
  for (let start = 0; start < data.length; start++) {
    if (!data[start] || labels[start]) continue;
    /** @type {number} */
    const label = parts.length + 1;
    const waiting = [start];
    labels[start] = label;
    let [left, right, top, bottom, area, sumX, sumY] = [width, 0, height, 0, 0, 0, 0];
    while (waiting.length) {
      const place = /** @type {number} */ (waiting.pop());
      const [x, y] = [place % width, Math.floor(place / width)];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      area += 1;
      sumX += x;
      sumY += y;
      for (let nextY = Math.max(y - 1, 0); nextY <= Math.min(y + 1, height - 1); nextY++) {
        for (let nextX = Math.max(x - 1, 0); nextX <= Math.min(x + 1, width - 1); nextX++) {
          const next = nextY * width + nextX;
          if (!data[next] || labels[next]) continue;
          labels[next] = label;
          waiting.push(next);
        }
      }
    }
    const box = { x: left, y: top, width: right + 1 - left, height: bottom + 1 - top };
    parts.push({ ...box, label, area, middle: /** @type {[number, number]} */ ([sumX / area, sumY / area]) });
  }
  return { labels, parts };
}

/**
 * How far each pixel of the ink is from the nearest one without ink, nearly (chamfer distance: Borgefors, 1986).
 * Two walks over the picture, each looking back at eight neighbours that have been visited already.
 * @param {Raster} mask with a frame of at least one pixel without ink
 * @returns {Float64Array}
 */
export function distanceToEdge({ width, height, data }) {
  const [straight, diagonal, knight] = [65536, 91750, 143976]; // 1, 1.4 and 2.1969, in whole numbers as OpenCV counts
  const wide = width + 4; // two more on each side, so that no neighbour is outside
  const distance = new Float64Array(wide * (height + 4)).fill(1e15);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (!data[y * width + x]) distance[(y + 2) * wide + x + 2] = 0;
  }
  const neighbours = [
    [-2 * wide - 1, knight],
    [-2 * wide + 1, knight],
    [-wide - 2, knight],
    [-wide - 1, diagonal],
    [-wide, straight],
    [-wide + 1, diagonal],
    [-wide + 2, knight],
    [-1, straight],
  ];
  const walk = (/** @type {number} */ y, /** @type {number} */ x, /** @type {number} */ back) => {
    const place = (y + 2) * wide + x + 2;
    if (distance[place] === 0) return;
    for (const [offset, length] of neighbours) {
      distance[place] = Math.min(distance[place], distance[place + back * offset] + length);
    }
  };
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) walk(y, x, 1);
  for (let y = height - 1; y >= 0; y--) for (let x = width - 1; x >= 0; x--) walk(y, x, -1);
  const inside = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) inside[y * width + x] = distance[(y + 2) * wide + x + 2] / straight;
  }
  return inside;
}

/**
 * Grow the ink of a mask by a disc: a pixel becomes ink if the disc around it meets some.
 * @param {Raster} mask
 * @param {number} diameter odd
 * @returns {Raster}
 */
export function grown(mask, diameter) {
  const { width, height } = mask;
  const result = blank(width, height);
  const radius = (diameter - 1) / 2;
  const before = new Int32Array(width + 1); // how much ink there is to the left of each column
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) before[x + 1] = before[x] + mask.data[y * width + x];
    if (before[width] === 0) continue;
    for (let step = -radius; step <= radius; step++) {
      const row = y + step;
      if (row < 0 || row >= height) continue;
      const reach = round(Math.sqrt(radius * radius - step * step)); // half as wide as the disc is there
      for (let x = 0; x < width; x++) {
        if (before[Math.min(x + reach + 1, width)] > before[Math.max(x - reach, 0)]) result.data[row * width + x] = 1;
      }
    }
  }
  return result;
}

/**
 * Shrink the ink by a disc: the paper grows.
 * @param {Raster} mask
 * @param {number} diameter odd
 * @returns {Raster}
 */
export function shrunk(mask, diameter) {
  const turned = (/** @type {Raster} */ raster) => ({ ...raster, data: raster.data.map((value) => 1 - value) });
  return turned(grown(turned(mask), diameter));
}

/**
 * A picture with fewer pixels, each the mean of those that it covers.
 * @param {Raster} raster
 * @param {number} width
 * @param {number} height
 * @returns {Raster}
 */
export function averaged(raster, width, height) {
  const across = covers(raster.width, width);
  const down = covers(raster.height, height);
  const result = blank(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [row, high] of down[y]) {
        for (const [column, wide] of across[x]) sum += raster.data[row * raster.width + column] * wide * high;
      }
      result.data[y * width + x] = round(Math.fround(sum));
    }
  }
  return result;
}

/**
 * For each of fewer places, which of the many it covers, and with which share of itself.
 * @returns {[number, number][][]}
 */
function covers(/** @type {number} */ many, /** @type {number} */ few) {
  const length = many / few;
  return Array.from({ length: few }, (_, place) => {
    const [start, end] = [place * length, Math.min((place + 1) * length, many)];
    /** @type {[number, number][]} */
    const covered = [];
    for (let one = Math.floor(start); one < Math.min(Math.ceil(end), many); one++) {
      const part = Math.min(end, one + 1) - Math.max(start, one);
      if (part > 1e-3) covered.push([one, part / (end - start)]);
    }
    return covered;
  });
}

/**
 * A picture with more pixels, each between the four nearest ones (bilinear), in whole numbers as OpenCV counts.
 * @param {Raster} raster
 * @param {number} width
 * @param {number} height
 * @returns {Raster}
 */
export function enlarged(raster, width, height) {
  const across = between(raster.width, width);
  const down = between(raster.height, height);
  const result = blank(width, height);
  const row = (/** @type {number} */ y) => across.map(([first, share, second]) => {
    const start = y * raster.width;
    return raster.data[start + first] * (2048 - share) + raster.data[start + second] * share;
  });
  for (let y = 0; y < height; y++) {
    const [first, share, second] = down[y];
    const [above, below] = [row(first), row(second)];
    for (let x = 0; x < width; x++) {
      const sum = (((2048 - share) * (above[x] >> 4)) >> 16) + ((share * (below[x] >> 4)) >> 16);
      result.data[y * width + x] = (sum + 2) >> 2;
    }
  }
  return result;
}

/** For each of many places, between which of the few it lies: [first, share of the second in 2048ths, second]. */
function between(/** @type {number} */ few, /** @type {number} */ many) {
  return Array.from({ length: many }, (_, place) => {
    const exact = Math.min(Math.max(((place + 0.5) * few) / many - 0.5, 0), few - 1);
    const first = Math.floor(exact);
    return [first, round(Math.fround(exact - first) * 2048), Math.min(first + 1, few - 1)];
  });
}
