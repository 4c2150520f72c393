// A drawing in, a reading out: which digits are there, in which order, how sure the network is. As digitkit.read does it.

import { blank, boxOfInk } from "./raster.js";
import { mnistSteps, strokeWidth } from "./mnist_form.js";
import { findPieces, smallMarks } from "./pieces.js";
import { median } from "./numbers.js";
import { readingOrder } from "./order.js";
import { segments } from "./seams.js";
import { judge } from "./network.js";
import { kit } from "./kit.js";

const MOST_CUT = 3; // pieces; where there are more that nobody could read, they are scribbles, and cutting would take seconds

/** @typedef {import("./raster.js").Raster} Raster */
/** @typedef {import("./raster.js").Box} Box */
/** @typedef {import("./network.js").Network} Network */
/**
 * A piece of ink, and what the network thinks of it.
 * @typedef {{ box: Box, row: number, steps: Record<string, Raster>, label: number, confidence: number,
 *   probabilities: number[], noDigit: number, all: number[] }} Mark
 */
/** @typedef {{ ink: Raster, digits: Mark[], refused: Mark[], leftOut: Box[], typicalHeight: number }} Reading */

/**
 * Where the pen has been: as much light is missing as the ink on paper must absorb. A slight blur first, as for photos.
 * @param {Uint8ClampedArray} pixels RGBA, dark ink on white
 * @param {number} width
 * @returns {Raster} mask
 */
export function inkOf(pixels, width) {
  const height = pixels.length / 4 / width;
  const mask = blank(width, height);
  const beside = Math.exp(-1 / (2 * (width / 900) ** 2));
  const weights = [beside / (1 + 2 * beside), 1 / (1 + 2 * beside), beside / (1 + 2 * beside)];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      let light = 0;
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < 3; column++) {
          light += weights[row] * weights[column] * pixels[4 * ((y + row - 1) * width + x + column - 1)];
        }
      }
      mask.data[y * width + x] = Number(255 - light > kit.leastInk);
    }
  }
  return mask;
}

/**
 * @param {Network} network
 * @param {Raster} ink a drawing
 * @returns {Reading}
 */
export function read(network, ink) {
  if (!ink.data.includes(1)) return { ink, digits: [], refused: [], leftOut: [], typicalHeight: 0 };
  const make = (/** @type {Raster} */ mask, /** @type {number} */ x, /** @type {number} */ y, row = 0) => makeMark(network, mask, x, y, row);
  let marks = findPieces(ink).map(({ ink: mask, x, y, row }) => make(mask, x, y, row));
  marks = marks.filter((mark) => Math.max(mark.box.width, mark.box.height) >= kit.smallestDigit);
  marks = inOrder(cutTouching(joinBroken(marks, make), make));
  const refused = marks.filter((mark) => mark.noDigit >= mark.confidence);
  let digits = marks.filter((mark) => !refused.includes(mark) && !refused.some((other) => isStemOf(mark, other)));
  if (refused.length > digits.length && digits.every((mark) => mark.label === 1)) digits = []; // bare strokes are parts of them
  const boxes = marks.map((mark) => mark.box);
  const left = marks.filter((mark) => !digits.includes(mark));
  const leftOut = digits.length ? [...left.map((mark) => mark.box), ...smallMarks(ink, boxes)] : [];
  return { ink, digits, refused: left, leftOut, typicalHeight: boxes.length ? median(boxes.map((box) => box.height)) : 0 };
}

/**
 * @param {Network} network
 * @param {Raster} mask with some ink
 * @param {number} x where it was cut out
 * @param {number} y
 * @param {number} row
 * @returns {Mark}
 */
function makeMark(network, mask, x, y, row) {
  const steps = mnistSteps(mask);
  const ink = /** @type {Box} */ (boxOfInk(mask));
  const { probabilities, noDigit, all } = judge(network, steps["28×28"].data);
  const label = probabilities.indexOf(Math.max(...probabilities));
  const box = { ...ink, x: x + ink.x, y: y + ink.y };
  return { box, row, steps, label, confidence: probabilities[label] * (1 - noDigit), probabilities, noDigit, all };
}

/** @typedef {(mask: Raster, x: number, y: number, row?: number) => Mark} Make */

/**
 * Join two pieces where the network is more confident of the whole than of both parts.
 * @param {Mark[]} marks
 * @param {Make} make
 * @returns {Mark[]}
 */
function joinBroken(marks, make) {
  for (const [index, first] of marks.entries()) {
    for (const second of marks.slice(index + 1)) {
      const [one, other] = [first.box, second.box];
      const both = first.confidence * second.confidence;
      const beside = Math.max(one.x, other.x) >= Math.min(one.x + one.width, other.x + other.width);
      const alone = beside && Math.max(first.confidence, second.confidence) > kit.sure; // as a digit beside a minus
      if (both >= (oneUnderTheOther(one, other) ? 0.97 : 0.8) || alone || !areNear(one, other)) continue;
      const whole = together(first, second, make);
      if (whole.confidence <= Math.max(both, kit.split)) continue;
      return joinBroken([...marks.filter((mark) => mark !== first && mark !== second), whole], make);
    }
  }
  return marks;
}

/**
 * @param {Mark} first
 * @param {Mark} second
 * @param {Make} make
 * @returns {Mark}
 */
function together(first, second, make) {
  const { x, y, width, height } = around(first.box, second.box);
  const ink = blank(width, height);
  for (const { box, steps } of [first, second]) {
    steps.crop.data.forEach((value, place) => {
      const [row, column] = [box.y - y + Math.floor(place / box.width), box.x - x + (place % box.width)];
      ink.data[row * width + column] |= value;
    });
  }
  return make(ink, x, y, first.row);
}

/**
 * Cut one piece into digits that touch, where the network is confident of each of them, but not of the whole.
 * A part that is a single stroke proves nothing: an n would become 17. Only among other digits it does.
 * @param {Mark[]} marks
 * @param {Make} make
 * @returns {Mark[]}
 */
function cutTouching(marks, make) {
  const heights = marks.filter((mark) => mark.confidence > kit.sure).map((mark) => mark.box.height);
  const companyOf = (/** @type {Mark} */ { box }) => heights.filter((other) => other > 0.6 * box.height && other < 1.6 * box.height).length;
  const doubtful = marks.filter((mark) => {
    const { width, height } = mark.box;
    const wide = width > (companyOf(mark) >= 2 ? 0.6 : 0.9) * height && width < kit.longestRow * height;
    const ink = mark.steps.crop;
    return mark.confidence < kit.split && wide && strokeWidth(ink) < kit.bar * ink.height;
  });
  if (doubtful.length > MOST_CUT) return marks;
  return marks.flatMap((mark) => {
    if (!doubtful.includes(mark)) return [mark];
    const company = companyOf(mark);
    const parts = bestPath(mark, make);
    const confidence = parts.reduce((product, part) => product * part.confidence, 1);
    const shapes = parts.filter((part) => part.label !== 1).length; // more than a bare stroke
    const needed = company ? Math.max(2 - company, Number(parts.length > 2)) : parts.length;
    const each = company >= 2 ? kit.eachPart : kit.eachPartAlone;
    const better = parts.length > 1 && shapes >= needed && confidence > Math.max(mark.confidence, each ** parts.length);
    return better ? parts : [mark];
  });
}

/**
 * The row of parts, each beginning where the one before ends, that the network believes most (Bellman, 1957).
 * @param {Mark} mark
 * @param {Make} make
 * @returns {Mark[]}
 */
function bestPath(mark, make) {
  const candidates = segments(mark.steps.crop).map(({ start, end, part }) => ({
    start,
    end,
    digit: make(part, mark.box.x, mark.box.y, mark.row),
  }));
  const last = Math.max(0, ...candidates.map(({ end }) => end));
  /** @type {{ cost: number, digits: Mark[] }[]} for each place, the cheapest way there */
  const best = [{ cost: 0, digits: [] }];
  for (let place = 1; place <= last; place++) {
    for (const { start, end, digit } of candidates) {
      if (end !== place || !best[start]) continue;
      const cost = best[start].cost - Math.log(Math.max(digit.confidence, 1e-3)) + kit.cutCost;
      if (!best[place] || cost < best[place].cost) best[place] = { cost, digits: [...best[start].digits, digit] };
    }
  }
  return best[last]?.digits ?? [];
}

/**
 * @param {Mark[]} marks
 * @returns {Mark[]} in reading order: joining and cutting may have changed it
 */
function inOrder(marks) {
  return readingOrder(marks.map((mark) => mark.box)).map(({ index, row }) => ({ ...marks[index], row }));
}

/** Whether a 1 is really the stem of a mark that is not a digit, as in a K whose arms do not touch it. */
function isStemOf(/** @type {Mark} */ digit, /** @type {Mark} */ mark) {
  const [one, other] = [digit.box, mark.box];
  const gap = Math.max(one.x - other.x - other.width, other.x - one.x - one.width);
  const at = other.y + 0.6 * other.height;
  return digit.label === 1 && gap < 0.25 * one.height && one.y < at && at < one.y + 1.2 * one.height && other.height > 0.4 * one.height;
}

/** @returns {Box} the smallest one around two */
function around(/** @type {Box} */ one, /** @type {Box} */ other) {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  const width = Math.max(one.x + one.width, other.x + other.width) - x;
  return { x, y, width, height: Math.max(one.y + one.height, other.y + other.height) - y };
}

/** Whether two boxes could be pieces of one digit: close together, and together not much larger than the larger. */
function areNear(/** @type {Box} */ one, /** @type {Box} */ other) {
  const { width, height } = around(one, other);
  const widest = Math.max(one.width, other.width, 0.4 * height);
  return width <= 1.5 * height && height <= 2.2 * Math.max(one.height, other.height) && width <= 2.2 * widest;
}

function oneUnderTheOther(/** @type {Box} */ one, /** @type {Box} */ other) {
  const rows = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  const columns = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  return -0.15 * Math.max(one.height, other.height) < rows && rows < 0.2 * Math.min(one.height, other.height) && columns > 0;
}
