// The ink of a drawing -> one piece for each digit: parts that lie above each other or very near, as the bar of a 5 does, are joined.

import { blank, connectedParts } from "./raster.js";
import { readingOrder } from "./order.js";
import { median } from "./numbers.js";

/** @typedef {import("./raster.js").Raster} Raster */
/** @typedef {import("./raster.js").Box} Box */
/** @typedef {Box & { members: number[], area: number }} Group parts that make one digit */

const MOST_PARTS = 150; // a sheet full of dots has more, and comparing all pairs would take long

/**
 * @param {Raster} mask a drawing, with no ink at its edge
 * @returns {{ ink: Raster, x: number, y: number, row: number }[]} in reading order: the ink, cut out, and where it was
 */
export function findPieces(mask) {
  const { labels, parts } = connectedParts(mask);
  let kept = withoutLongLines(parts);
  const biggest = Math.max(...kept.map(size));
  kept = kept.filter((part) => size(part) >= 0.05 * biggest && part.area >= 6);
  kept = [...kept].sort((one, other) => size(other) - size(one)).slice(0, MOST_PARTS); // the largest first: a fragment joins a digit
  const groups = withoutSmallMarks(joined(kept.map(({ label, ...part }) => ({ ...part, members: [label] }))));
  return readingOrder(groups).map(({ index, row }) => {
    const { x, y, width, height, members } = groups[index];
    const ink = blank(width, height);
    for (let place = 0; place < ink.data.length; place++) {
      const label = labels[(y + Math.floor(place / width)) * mask.width + x + (place % width)];
      ink.data[place] = Number(members.includes(label));
    }
    return { ink, x, y, row };
  });
}

/**
 * Points, signs and other ink near the digits that belongs to none of them: too small to be read, too large to be dirt.
 * @param {Raster} mask
 * @param {Box[]} boxes of what was read
 * @returns {Box[]}
 */
export function smallMarks(mask, boxes) {
  const typical = median(boxes.map((box) => box.height));
  const left = Math.min(...boxes.map((box) => box.x)) - typical;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + typical;
  const top = Math.min(...boxes.map((box) => box.y)) - 0.3 * typical;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 0.3 * typical;
  return connectedParts(mask).parts.filter(({ width, height, area, middle: [x, y] }) => {
    const ofADigit = boxes.some((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
    const near = left < x && x < right && top < y && y < bottom;
    const longest = Math.max(width, height);
    return near && !ofADigit && longest >= 0.07 * typical && area >= 0.003 * typical ** 2 && longest < typical;
  });
}

const size = (/** @type {Box} */ box) => Math.max(box.width, box.height);

/**
 * @template {Box} T
 * @param {T[]} parts
 * @returns {T[]} without underlines and fraction bars, by which no digit is measured
 */
function withoutLongLines(parts) {
  const isFlat = (/** @type {Box} */ box) => box.width > 6 * box.height;
  const others = parts.filter((part) => !isFlat(part)).map(size);
  if (parts.length < 2 || !others.length) return parts;
  const typical = median(others);
  return parts.filter((part) => {
    const level = isFlat(part) && part.width > 1.5 * typical && part.height < 0.2 * typical;
    const upright = part.width < 0.12 * part.height && part.height > 2.5 * typical;
    return !level && !upright;
  });
}

/**
 * @param {Group[]} groups the largest first
 * @returns {Group[]} those that belong together are one
 */
function joined(groups) {
  const tallest = Math.max(...groups.map((group) => group.height));
  for (let again = true; again; ) {
    again = false;
    for (let one = 0; one < groups.length; one++) {
      for (let other = groups.length - 1; other > one; other--) {
        if (!belongTogether(groups[one], groups[other], tallest)) continue;
        groups[one] = union(groups[one], groups[other]);
        groups.splice(other, 1);
        again = true;
      }
    }
  }
  return groups;
}

/**
 * @param {Box} large
 * @param {Box} small
 * @param {number} tallest height among all parts
 */
function belongTogether(large, small, tallest) {
  const gapX = Math.max(large.x, small.x) - Math.min(large.x + large.width, small.x + small.width);
  const gapY = Math.max(large.y, small.y) - Math.min(large.y + large.height, small.y + small.height);
  const height = Math.max(large.y + large.height, small.y + small.height) - Math.min(large.y, small.y);
  const longest = Math.max(size(large), size(small));
  // Two digits make a taller stack than two halves of one, unless a neighbour is as tall as the stack.
  const stacked =
    -gapX >= 0.5 * Math.min(large.width, small.width) && gapY <= 0.25 * longest && height <= Math.max(1.8 * longest, 1.1 * tallest);
  const at = (small.y + small.height / 2 - large.y) / large.height; // the bar of a 5 is at its top, a minus in the middle
  const minus = small.width > 2.5 * small.height && gapX > 0 && 0.3 < at && at < 0.75;
  const near = gapX <= 0.12 * large.height && gapY <= 0.12 * large.height;
  return stacked || (small.height < 0.6 * large.height && near && !minus);
}

/**
 * @param {Group} one
 * @param {Group} other
 * @returns {Group}
 */
function union(one, other) {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const width = Math.max(one.x + one.width, other.x + other.width) - x;
  const height = Math.max(one.y + one.height, other.y + other.height) - y;
  return { x, y, width, height, members: [...one.members, ...other.members], area: one.area + other.area };
}

/**
 * @param {Group[]} groups
 * @returns {Group[]} without what is much smaller than where most of the ink is
 */
function withoutSmallMarks(groups) {
  const half = groups.reduce((sum, group) => sum + group.area, 0) / 2;
  let ink = 0;
  const typical = [...groups].sort((one, other) => size(one) - size(other)).find((group) => (ink += group.area) >= half);
  return groups.filter((group) => size(group) >= 0.35 * size(/** @type {Group} */ (typical)));
}
