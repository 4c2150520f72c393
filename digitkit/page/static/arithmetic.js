// How one value of a layer comes about: the numbers that went in, and what was done with them, in a sentence.

import { slide } from "./network.js";
import { sum } from "./numbers.js";
import { inARow, number } from "./words.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Values} Values */
/** @typedef {import("./grids.js").Grid} Grid */

/**
 * @typedef {{ sentence: string, figures: { title: string, grid: Grid }[] }} Arithmetic
 *   figures: what is multiplied, and the products, signed numbers all of them
 */

/**
 * @param {Network} network
 * @param {number} layer counted from 0, the first after the digit
 * @param {Values[]} values the digit, and what each layer gives
 * @param {number} map
 * @param {number} row
 * @param {number} column of the value
 * @returns {Arithmetic}
 */
export function arithmetic(network, layer, values, map, row, column) {
  const [name, settings] = network.layers[layer];
  const [before, after] = [values[layer], values[layer + 1]];
  const value = after.data[(row * after.width + column) * after.maps + map];
  if (name === "Conv2D") return convolution(before, settings, map, row, column, value);
  if (name === "Dense") return weightedSum(before, settings, map, value);
  if (name === "Flatten") {
    const place = Math.floor(map / before.maps);
    const from = `map ${map % before.maps}, row ${Math.floor(place / before.width)}, column ${place % before.width}`;
    return { sentence: `It is the value of ${from}, as it is: ${number(value)}.`, figures: [] };
  }
  if (name.endsWith("Pooling2D")) return pooled(name, before, settings, map, row, column, value);
  const entered = number(before.data[(row * before.width + column) * before.maps + map]);
  return { sentence: onItsOwn(name, settings, entered, value), figures: [] };
}

/**
 * A layer in which each value comes from one.
 * @param {string} name
 * @param {Record<string, any>} settings
 * @param {string} entered what came in
 * @param {number} value
 */
function onItsOwn(name, settings, entered, value) {
  const given = number(value);
  switch (name) {
    case "ReLU":
      return `What comes in is ${entered}: ${value > 0 ? `above zero, so it stays ${given}` : "not above zero, so it becomes 0"}.`;
    case "LeakyReLU":
      return `What comes in is ${entered}${value < 0 ? `, below zero, times ${number(settings.negative_slope)}` : ""}: ${given}.`;
    case "Rescaling":
      return `${entered} times ${number(settings.scale)}, and ${number(settings.offset)} added: ${given}.`;
    default:
      return `What comes in is ${entered}; the function ${name.toLowerCase()} makes ${given} of it.`;
  }
}

/**
 * @param {Values} before
 * @param {Record<string, any>} settings
 * @param {number} unit
 * @param {number} row
 * @param {number} column
 * @param {number} value
 * @returns {Arithmetic}
 */
function convolution({ height, width, maps, data }, { kernel, bias, stride = 1, padding = "valid" }, unit, row, column, value) {
  const [rows, columns, , kernels] = kernel.shape;
  const top = row * stride - slide(height, rows, stride, padding).before;
  const left = column * stride - slide(width, columns, stride, padding).before;
  const size = rows * columns;
  const [entered, weights, products] = [0, 1, 2].map(() => new Float32Array(size * maps)); // map after map
  for (let map = 0; map < maps; map++) {
    for (let place = 0; place < size; place++) {
      const [y, x] = [top + Math.floor(place / columns), left + (place % columns)];
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      const index = map * size + place;
      entered[index] = inside ? data[(y * width + x) * maps + map] : 0;
      weights[index] = kernel.data[(place * maps + map) * kernels + unit];
      products[index] = entered[index] * weights[index];
    }
  }
  const sums = Array.from({ length: maps }, (_, map) => sum(products.subarray(map * size, (map + 1) * size)));
  const end = `they add up to ${number(sum(sums))}, plus the bias ${number(bias.data[unit])}: ${number(value)}.`;
  if (maps === 1) {
    const grid = (/** @type {Float32Array} */ numbers) => ({ rows, columns, data: numbers });
    const figures = [
      { title: "what comes in", grid: grid(entered) },
      { title: `× kernel ${unit}`, grid: grid(weights) },
      { title: "= products", grid: grid(products) },
    ];
    return { sentence: `${size} products, each of a value and a number of the kernel; ${end}`, figures };
  }
  const figures = [{ title: "what each map before adds", grid: inLines(sums, 16) }];
  return { sentence: `${size * maps} products, ${size} from each of ${maps} maps; ${end} ${most(sums, "map")}`, figures };
}

/**
 * @param {Values} before
 * @param {Record<string, any>} settings
 * @param {number} unit
 * @param {number} value
 * @returns {Arithmetic}
 */
function weightedSum({ data }, { kernel, bias }, unit, value) {
  /** @type {number[]} */
  const products = Array.from(data, (entered, input) => entered * kernel.data[input * kernel.shape[1] + unit]);
  const start = `${products.length} products, each of a value and its weight; they add up to ${number(sum(products))}`;
  const sentence = `${start}, plus the bias ${number(bias.data[unit])}: ${number(value)}. ${most(products, "value")}`;
  return { sentence, figures: [{ title: "what each value before adds", grid: inLines(products) }] };
}

/**
 * @param {string} name
 * @param {Values} before
 * @param {Record<string, any>} settings
 * @param {number} map
 * @param {number} row
 * @param {number} column
 * @param {number} value
 * @returns {Arithmetic}
 */
function pooled(name, { height, width, maps, data }, settings, map, row, column, value) {
  const { size = [height, width], stride = 1, padding = "valid" } = settings;
  const top = row * stride - slide(height, size[0], stride, padding).before;
  const left = column * stride - slide(width, size[1], stride, padding).before;
  const entered = [];
  for (let y = Math.max(top, 0); y < Math.min(top + size[0], height); y++) {
    for (let x = Math.max(left, 0); x < Math.min(left + size[1], width); x++) entered.push(data[(y * width + x) * maps + map]);
  }
  const which = entered.length > 9 ? `${entered.length} values` : inARow(entered.map(number));
  return { sentence: `${name === "MaxPooling2D" ? "The largest" : "The mean"} of ${which} is ${number(value)}.`, figures: [] };
}

/**
 * Which of them adds most.
 * @param {number[]} parts
 * @param {string} noun
 */
function most(parts, noun) {
  const index = parts.reduce((best, part, place) => (Math.abs(part) > Math.abs(parts[best]) ? place : best), 0);
  return `${noun === "map" ? "Map" : "Value"} ${index} counts most: ${number(parts[index])}.`;
}

/**
 * A row of numbers in several lines.
 * @param {ArrayLike<number>} numbers
 * @param {number} longest how many stand in a line at most
 * @returns {Grid}
 */
export function inLines(numbers, longest = 32) {
  const columns = Math.min(numbers.length, longest);
  const rows = Math.ceil(numbers.length / columns);
  const data = new Float32Array(rows * columns).fill(NaN);
  data.set(Array.from(numbers));
  return { rows, columns, data };
}
