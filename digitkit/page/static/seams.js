// Digits that touch: the places where one piece of ink may be cut from top to bottom, and what lies between any two of them.

import { blank, boxOfInk } from "./raster.js";
import { strokeWidth } from "./mnist_form.js";
import { mean } from "./numbers.js";
import { kit } from "./kit.js";

/** @typedef {import("./raster.js").Raster} Raster */

/**
 * More places than digits: which of them are used is decided by what the network thinks of the parts (LeCun and others, 1998).
 * @param {Raster} ink cropped
 * @returns {{ start: number, end: number, part: Raster }[]} start and end count the places from the left edge, 0, to the right one
 */
export function segments(ink) {
  const { width, height } = ink;
  const seams = [new Array(height).fill(0), ...goodSeams(ink), new Array(height).fill(width)];
  const found = [];
  for (let start = 0; start < seams.length; start++) {
    for (let end = start + 1; end < seams.length; end++) {
      const [left, right] = [seams[start], seams[end]];
      const part = blank(width, height);
      for (let y = 0; y < height; y++) {
        if (left[y] >= right[y]) continue;
        part.data.set(ink.data.subarray(y * width + left[y], y * width + right[y]), y * width + left[y]);
      }
      const box = boxOfInk(part);
      const tall = box !== null && box.height - 1 > 0.28 * height;
      if (tall && mean(right) - mean(left) < kit.widestDigit * height) found.push({ start, end, part });
    }
  }
  return found;
}

/** The best ways from top to bottom, each through no more than a stroke, and none too near a better one. */
function goodSeams(/** @type {Raster} */ ink) {
  const thickest = 1.6 * strokeWidth(ink);
  const reach = Math.max(Math.floor(0.15 * ink.height), 2);
  const seams = [];
  for (let middle = reach; middle < ink.width - reach; middle += Math.max(Math.floor(reach / 2), 1)) {
    const seam = cheapest(ink, middle - reach, middle + reach);
    const through = seam.reduce((sum, x, y) => sum + ink.data[y * ink.width + x], 0);
    if (through <= thickest) seams.push({ seam, through });
  }
  /** @type {number[][]} */
  const best = [];
  for (const { seam } of [...seams].sort((one, other) => one.through - other.through)) {
    const apart = best.every((other) => Math.abs(mean(seam) - mean(other)) > 0.06 * ink.height);
    if (best.length < kit.mostCuts && apart) best.push(seam);
  }
  return [...best].sort((one, other) => mean(one) - mean(other));
}

/**
 * The way from top to bottom between two columns that cuts through the least ink, at most one column aside from row to row:
 * the cheapest way to a place is the cheapest of the three above it, and one step more (Avidan and Shamir, 2007).
 * @param {Raster} ink
 * @param {number} left
 * @param {number} right
 * @returns {number[]} a column for each row
 */
function cheapest({ width, height, data }, left, right) {
  let cost = Array.from({ length: right - left }, (_, column) => data[left + column]);
  /** @type {number[][]} for each row, from which column above one comes */
  const cameFrom = [[]];
  for (let y = 1; y < height; y++) {
    const above = cost;
    cameFrom[y] = [];
    cost = above.map((straight, column) => {
      let [least, from] = [straight, column]; // straight down is the shortest
      for (const aside of [column - 1, column + 1]) {
        const other = Math.fround((above[aside] ?? Infinity) + 0.1);
        if (other < least) [least, from] = [other, aside];
      }
      cameFrom[y].push(from);
      return Math.fround(data[y * width + left + column] + least);
    });
  }
  const seam = [cost.indexOf(Math.min(...cost))];
  for (let y = height - 1; y > 0; y--) seam.unshift(cameFrom[y][seam[0]]);
  return seam.map((column) => left + column);
}
