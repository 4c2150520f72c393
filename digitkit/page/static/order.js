// In which order digits are read: one row, one column, or rows from top to bottom.

/** @typedef {import("./raster.js").Box} Box */

/**
 * @param {Box[]} boxes
 * @returns {{ index: number, row: number }[]} in reading order
 */
export function readingOrder(boxes) {
  if (!boxes.length) return [];
  const indices = boxes.map((_, index) => index);
  const byX = [...indices].sort((one, other) => boxes[one].x - boxes[other].x);
  const byY = [...indices].sort((one, other) => boxes[one].y - boxes[other].y);
  const reach = Math.max(...boxes.map((box) => box.height)); // neighbours in a line are closer to it than this
  const wide = spread(boxes.map((box) => box.x + box.width / 2)) >= spread(boxes.map(middle));
  let rows = [];
  if (wide && inOneLine(byX.map((index) => boxes[index]), "across", reach)) rows = [byX];
  else if (inOneLine(byY.map((index) => boxes[index]), "down", reach)) rows = byY.map((index) => [index]);
  else {
    for (const index of [...indices].sort((one, other) => middle(boxes[one]) - middle(boxes[other]))) {
      const row = rows.at(-1);
      if (row && belongsTo(boxes[index], row.map((other) => boxes[other]))) row.push(index);
      else rows.push([index]);
    }
  }
  return rows.flatMap((row, number) =>
    [...row].sort((one, other) => boxes[one].x - boxes[other].x).map((index) => ({ index, row: number })),
  );
}

const middle = (/** @type {Box} */ box) => box.y + box.height / 2;
const spread = (/** @type {number[]} */ values) => Math.max(...values) - Math.min(...values);

/** Whether boxes follow each other without overlap, each roughly in line with the next. */
function inOneLine(/** @type {Box[]} */ boxes, /** @type {"across" | "down"} */ along, /** @type {number} */ reach) {
  const aside = (/** @type {Box} */ box) => (along === "across" ? middle(box) : box.x + box.width / 2);
  return boxes.slice(1).every((box, index) => !overlap(boxes[index], box, along) && Math.abs(aside(box) - aside(boxes[index])) < reach);
}

/** Whether a box is beside the boxes of a row, level with them or only just below, and under none of them. */
function belongsTo(/** @type {Box} */ box, /** @type {Box[]} */ row) {
  const tallest = Math.max(box.height, ...row.map((one) => one.height));
  const level = row.reduce((sum, one) => sum + middle(one), 0) / row.length;
  const lowest = Math.max(...row.map((one) => one.y + one.height));
  const near = Math.abs(middle(box) - level) < 0.5 * tallest || box.y - lowest < 0.3 * tallest;
  return near && !row.some((one) => overlap(box, one, "across"));
}

/** Whether two boxes share a third of the narrower one's columns (across), or of the flatter one's rows, and not more of the other. */
function overlap(/** @type {Box} */ box, /** @type {Box} */ other, /** @type {"across" | "down"} */ along) {
  const columns = (Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x)) / Math.min(box.width, other.width);
  const rows = (Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y)) / Math.min(box.height, other.height);
  return along === "across" ? columns > Math.max(0.34, rows) : rows > Math.max(0.34, columns);
}
