// The ink of one digit -> 28×28 pixels, made as MNIST was made: cut out, even stroke, 20×20 box, centre of mass in the middle.

import { averaged, blank, boxOfInk, cut, distanceToEdge, enlarged, framed, grown, shrunk } from "./raster.js";
import { round } from "./numbers.js";
import { kit } from "./kit.js";

/** @typedef {import("./raster.js").Raster} Raster */

/**
 * Only the ink, or null if there is none.
 * @param {Raster} mask
 * @returns {Raster | null}
 */
export function cropped(mask) {
  const box = boxOfInk(mask);
  return box && cut(mask, box.x, box.y, box.x + box.width, box.y + box.height);
}

/**
 * The typical width of the strokes in pixels: four times the mean distance from the ink to its edge.
 * @param {Raster} mask with some ink
 */
export function strokeWidth(mask) {
  const inFrame = framed(mask, 1);
  const distance = distanceToEdge(inFrame);
  let [sum, count] = [0, 0];
  inFrame.data.forEach((ink, place) => {
    sum += ink * distance[place];
    count += ink;
  });
  return 4 * (sum / count - 0.25);
}

/**
 * Bring the strokes to the width that MNIST's have, in a picture of 160 pixels or slightly more.
 * @param {Raster} mask cropped
 * @returns {Raster} cropped
 */
export function evenStroke(mask) {
  const fine = resized(mask, kit.box * kit.scale);
  const width = strokeWidth(fine);
  const wanted = kit.stroke / kit.box;
  const change = (wanted * Math.max(fine.width, fine.height) - width) / (1 - wanted); // the digit grows and shrinks with its strokes
  const diameter = round(change < 0 ? Math.min(-change, 0.45 * width) : change) | 1;
  if (diameter < 3) return fine;
  const inFrame = framed(fine, diameter);
  return cropped(change > 0 ? grown(inFrame, diameter) : shrunk(inFrame, diameter)) ?? fine;
}

/**
 * @param {Raster} mask
 * @param {number} longest
 * @returns {Raster} its longer side has so many pixels
 */
function resized(mask, longest) {
  const factor = longest / Math.max(mask.width, mask.height);
  const size = /** @type {const} */ ([Math.max(round(mask.width * factor), 1), Math.max(round(mask.height * factor), 1)]);
  const grey = { ...mask, data: mask.data.map((ink) => 255 * ink) };
  const cover = factor < 1 ? averaged(grey, ...size) : enlarged(grey, ...size);
  const least = Math.min(128, cover.data.reduce((most, value) => Math.max(most, value), 0));
  return { ...cover, data: cover.data.map((value) => Number(value >= least)) };
}

/**
 * Shrink a digit into the 20×20 box; the grey levels of its edges come from that alone.
 * @param {Raster} mask
 * @returns {Raster}
 */
export function fitIntoBox(mask) {
  const factor = kit.box / Math.max(mask.width, mask.height);
  const grey = { ...mask, data: mask.data.map((ink) => 255 * ink) };
  return averaged(grey, Math.max(round(mask.width * factor), 1), Math.max(round(mask.height * factor), 1));
}

/**
 * Place a digit of at most 20×20 pixels in 28×28, its centre of mass in the middle.
 * @param {Raster} image
 * @returns {Raster}
 */
export function centred(image) {
  let [total, rows, columns] = [0, 0, 0];
  image.data.forEach((value, place) => {
    total += value;
    rows += value * Math.floor(place / image.width);
    columns += value * (place % image.width);
  });
  const inside = (/** @type {number} */ start, /** @type {number} */ length) => Math.min(Math.max(start, 0), 28 - length);
  const top = inside(round(kit.middle - rows / total), image.height);
  const left = inside(round(kit.middle - columns / total), image.width);
  const digit = blank(28, 28);
  for (let y = 0; y < image.height; y++) {
    digit.data.set(image.data.subarray(y * image.width, (y + 1) * image.width), (top + y) * 28 + left);
  }
  return digit;
}

/**
 * Every step from the ink of one digit to 28×28 pixels, by the names that they have in the kit.
 * @param {Raster} mask with some ink
 * @returns {Record<string, Raster>}
 */
export function mnistSteps(mask) {
  const crop = /** @type {Raster} */ (cropped(mask));
  const even = evenStroke(crop);
  const boxed = fitIntoBox(even);
  return { "crop": crop, "even stroke": even, "20×20 box": boxed, "28×28": centred(boxed) };
}
