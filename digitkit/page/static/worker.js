// The reader works beside the page, in a thread of its own (a Web Worker), so that the ink never waits for the network.

import { inkOf, read } from "./reading.js";
import { activations, inputOf } from "./network.js";
import { networkFrom } from "./weights.js";
import { kit } from "./kit.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Values} Values */
/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("./reading.js").Mark} Mark */

/**
 * @typedef {{ reading: Reading, shown: Mark | undefined, values: Values[] }} Answer
 *   shown: the digit that is looked at, or else the largest mark that is none; values: what each layer gives for it, its pixels first
 */

/**
 * @param {Network} network
 * @param {Uint8ClampedArray} pixels of a drawing, RGBA
 * @param {number} width
 * @param {number | [number, number]} chosen which digit is looked at: its number, or the one at a place (x, y) of the drawing
 * @returns {Answer}
 */
export function answer(network, pixels, width, chosen) {
  const reading = read(network, inkOf(pixels, width));
  const { digits, refused } = reading;
  const largest = [...refused].sort((one, other) => other.box.width * other.box.height - one.box.width * one.box.height)[0];
  const shown = (typeof chosen === "number" ? digits[chosen] : nearest(digits, chosen)) ?? largest;
  const image = shown?.steps["28×28"].data ?? new Uint8Array(784);
  return { reading, shown, values: [inputOf(image), ...activations(network, image)] };
}

/**
 * The digit at a place, or else the one whose box is nearest to it.
 * @param {Mark[]} digits
 * @param {[number, number]} place
 * @returns {Mark | undefined}
 */
function nearest(digits, [x, y]) {
  const distance = (/** @type {Mark} */ { box }) => Math.hypot(Math.max(box.x - x, 0, x - box.x - box.width), Math.max(box.y - y, 0, y - box.y - box.height));
  return [...digits].sort((one, other) => distance(one) - distance(other))[0];
}

if (typeof document === "undefined") {
  /** @type {Network} */
  let network;
  self.onmessage = ({ data }) => {
    if (data.weights) network = networkFrom(kit.network, data.weights);
    else self.postMessage(answer(network, data.pixels, data.width, data.chosen));
  };
}
