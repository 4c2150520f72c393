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
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const frame = make("div", { className: "digitkit-here", hidden: true });
  const element = make("div", { className: "digitkit-numbers" }, canvas, frame);
  let [rows, columns] = [1, 1];
  let [row, column] = [0, 0];
  let width = 0;

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
      const box = element.getBoundingClientRect();
      choose(Math.floor((rows * (event.clientY - box.top)) / box.height), Math.floor((columns * (event.clientX - box.left)) / box.width));
    });
    element.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      const step = [" ", "Enter"].includes(event.key) ? [0, 0] : steps[/** @type {keyof typeof steps} */ (event.key)];
      if (!step) return;
      event.preventDefault();
      choose(row + step[0], column + step[1]);
    });
  }

  return {
    element,
    /**
     * @param {Grid} grid
     * @param {Colours} colours
     * @param {Frame | null} around what is framed
     * @param {[number, number]} places rows and columns that can be chosen
     */
    show(grid, colours, around = null, places = [grid.rows, grid.columns]) {
      [rows, columns] = places;
      if (canvas.width !== grid.columns || canvas.height !== grid.rows) {
        Object.assign(canvas, { width: grid.columns, height: grid.rows });
        element.style.aspectRatio = `${grid.columns} / ${grid.rows}`;
      }
      paintNumbers(context, grid, colours);
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
     * How wide it is shown at most.
     * @param {number} pixels
     */
    widest(pixels) {
      if (pixels === width) return;
      width = pixels;
      element.style.setProperty("--widest", `${pixels}px`);
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

/** @typedef {ReturnType<typeof makeGrid>} NumberGrid */
/**
 * The colours for numbers from the lowest to the highest, as many as there are steps between them: a table, because thousands of
 * numbers are coloured many times a second.
 * @typedef {{ lowest: number, highest: number, table: Uint32Array }} Colours
 */

/**
 * @param {number[][]} stops colours (red, green, blue), evenly spaced
 * @returns {Uint32Array} as a canvas stores them
 */
function colourTable(stops) {
  const steps = 255;
  const bytes = new Uint8ClampedArray(4 * (steps * (stops.length - 1) + 1));
  for (let index = 0; index < bytes.length / 4; index++) {
    const part = Math.min(Math.floor(index / steps), stops.length - 2);
    const share = index / steps - part;
    const colour = stops[part].map((channel, place) => channel + share * (stops[part + 1][place] - channel));
    bytes.set([...colour, 255], 4 * index);
  }
  return new Uint32Array(bytes.buffer);
}

const GREYS = colourTable([[0, 0, 0], [255, 255, 255]]);
const SIGNED = colourTable([kit.colours.negative, kit.colours.zero, kit.colours.positive]);

/**
 * Black to white from 0 to the largest.
 * @param {number} largest
 * @returns {Colours}
 */
export function greys(largest) {
  return { lowest: 0, highest: largest || 1, table: GREYS };
}

/**
 * Blue below zero, white at zero, red above.
 * @param {number} reach the largest absolute value
 * @returns {Colours}
 */
export function blueWhiteRed(reach) {
  return { lowest: -(reach || 1), highest: reach || 1, table: SIGNED };
}

/**
 * @param {CanvasRenderingContext2D} context of a canvas with one pixel for each number
 * @param {Grid} grid
 * @param {Colours} colours
 */
function paintNumbers(context, { rows, columns, data }, { lowest, highest, table }) {
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = (table.length - 1) / (highest - lowest);
  for (let place = 0; place < data.length; place++) {
    const value = data[place];
    if (value !== value) continue; // not a number: left transparent
    pixels[place] = table[Math.round((Math.min(Math.max(value, lowest), highest) - lowest) * scale)];
  }
  context.putImageData(image, 0, 0);
}
