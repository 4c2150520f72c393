// Numbers as coloured squares, in which a place can be chosen: by a tap, or with the arrow keys.

import { make } from "./sheet.js";
import { kit } from "./kit.js";

/**
 * Rows and columns of numbers; what is not a number is left empty.
 * @typedef {{ rows: number, columns: number, data: ArrayLike<number> }} Grid
 */
/** @typedef {{ top: number, left: number, rows: number, columns: number }} Frame in squares */

/**
 * @param {string} label what it shows, for screen readers
 * @param {((row: number, column: number) => void) | null} onChoose called with the place that was chosen; null: it only shows
 */
export function makeGrid(label, onChoose = null) {
  const canvas = make("canvas", { className: "digitkit-squares" });
  const frame = make("div", { className: "digitkit-here", hidden: true });
  const element = make("div", { className: "digitkit-numbers" }, canvas, frame);
  let [rows, columns] = [1, 1];
  let [row, column] = [0, 0];

  /**
   * @param {number} newRow
   * @param {number} newColumn
   */
  function choose(newRow, newColumn) {
    row = Math.min(Math.max(newRow, 0), rows - 1);
    column = Math.min(Math.max(newColumn, 0), columns - 1);
    onChoose?.(row, column);
  }
  element.setAttribute("role", onChoose ? "application" : "img");
  element.setAttribute("aria-label", onChoose ? `${label} Choose a place with the arrow keys.` : label);
  if (onChoose) {
    element.tabIndex = 0;
    element.addEventListener("click", (event) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      choose(Math.floor((rows * (event.clientY - top)) / height), Math.floor((columns * (event.clientX - left)) / width));
    });
    element.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      const step = steps[/** @type {keyof typeof steps} */ (event.key)];
      if (!step) return;
      event.preventDefault();
      choose(row + step[0], column + step[1]);
    });
  }

  return {
    element,
    /**
     * @param {Grid} grid
     * @param {(value: number) => number[]} colour
     * @param {Frame | null} around what is framed
     * @param {[number, number]} places rows and columns that can be chosen
     */
    show(grid, colour, around = null, places = [grid.rows, grid.columns]) {
      [rows, columns] = places;
      if (canvas.width !== grid.columns || canvas.height !== grid.rows) Object.assign(canvas, { width: grid.columns, height: grid.rows });
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const pixels = context.createImageData(grid.columns, grid.rows);
      for (let place = 0; place < grid.data.length; place++) {
        if (!Number.isNaN(grid.data[place])) pixels.data.set([...colour(grid.data[place]), 255], 4 * place);
      }
      context.putImageData(pixels, 0, 0);
      element.style.aspectRatio = `${grid.columns} / ${grid.rows}`;
      frame.hidden = around === null;
      if (!around) return;
      const share = (/** @type {number} */ length, /** @type {number} */ whole) => `${(100 * length) / whole}%`;
      Object.assign(frame.style, {
        top: share(around.top, grid.rows),
        left: share(around.left, grid.columns),
        height: share(around.rows, grid.rows),
        width: share(around.columns, grid.columns),
      });
    },
    /**
     * The place from which the arrow keys go on.
     * @param {number} newRow
     * @param {number} newColumn
     */
    startAt(newRow, newColumn) {
      [row, column] = [newRow, newColumn];
    },
  };
}

/**
 * Black to white from 0 to the largest.
 * @param {number} largest
 * @returns {(value: number) => number[]}
 */
export function greys(largest) {
  return (value) => new Array(3).fill(Math.round(255 * Math.min(Math.max(value / (largest || 1), 0), 1)));
}

/**
 * Blue below zero, white at zero, red above.
 * @param {number} reach the largest absolute value
 * @returns {(value: number) => number[]}
 */
export function blueWhiteRed(reach) {
  const { negative, zero, positive } = kit.colours;
  return (value) => {
    const share = Math.min(Math.max(value / (reach || 1), -1), 1);
    const end = share < 0 ? negative : positive;
    return zero.map((channel, index) => Math.round(channel + Math.abs(share) * (end[index] - channel)));
  };
}
