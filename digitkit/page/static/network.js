// A trained network in plain JavaScript: the few functions that turn 28×28 pixels into ten numbers, or eleven.

import { mean } from "./numbers.js";

/**
 * What a layer takes and gives: a row of numbers, or maps, in which the values of all maps at one place stand together.
 * @typedef {{ height: number, width: number, maps: number, data: Float32Array }} Values
 */
/** @typedef {{ shape: number[], data: Float32Array }} Weights */
/** @typedef {Record<string, any>} Settings of a layer, by the names that Keras gives them */
/** @typedef {{ layers: [string, Settings][], temperature: number | null }} Network */

/** @returns {Values} all zeros */
function empty(/** @type {number} */ height, /** @type {number} */ width, /** @type {number} */ maps) {
  return { height, width, maps, data: new Float32Array(height * width * maps) };
}

/**
 * How a window slides: how many places it takes, and how far outside it begins ("same" keeps the size, "valid" stays inside).
 * @param {number} length
 * @param {number} window
 * @param {number} stride
 * @param {string} padding
 */
export function slide(length, window, stride, padding) {
  if (padding !== "same") return { places: Math.floor((length - window) / stride) + 1, before: 0 };
  const places = Math.ceil(length / stride);
  return { places, before: Math.floor(Math.max((places - 1) * stride + window - length, 0) / 2) };
}

/**
 * Slide each kernel over all maps: multiply, add up, add the bias.
 * @param {Values} values
 * @param {Settings} settings
 * @returns {Values}
 */
function convolve({ height, width, maps, data }, { kernel, bias, stride = 1, padding = "valid" }) {
  const [rows, columns, , kernels] = kernel.shape;
  const down = slide(height, rows, stride, padding);
  const across = slide(width, columns, stride, padding);
  const result = empty(down.places, across.places, kernels);
  const sums = new Float64Array(kernels);
  for (let y = 0; y < down.places; y++) {
    for (let x = 0; x < across.places; x++) {
      sums.set(bias.data);
      for (let row = 0; row < rows; row++) {
        const fromRow = y * stride + row - down.before;
        if (fromRow < 0 || fromRow >= height) continue;
        for (let column = 0; column < columns; column++) {
          const fromColumn = x * stride + column - across.before;
          if (fromColumn < 0 || fromColumn >= width) continue;
          for (let map = 0; map < maps; map++) {
            const value = data[(fromRow * width + fromColumn) * maps + map];
            if (value === 0) continue; // most are: black pixels, and what ReLU has cut off
            const first = ((row * columns + column) * maps + map) * kernels;
            for (let one = 0; one < kernels; one++) sums[one] += value * kernel.data[first + one];
          }
        }
      }
      result.data.set(sums, (y * across.places + x) * kernels);
    }
  }
  return result;
}

/**
 * One number for each window of each map.
 * @param {Values} values
 * @param {Settings} settings
 * @param {(values: number[]) => number} summary of the values in a window
 * @returns {Values}
 */
function pool({ height, width, maps, data }, { size, stride, padding = "valid" }, summary) {
  const down = slide(height, size[0], stride, padding);
  const across = slide(width, size[1], stride, padding);
  const result = empty(down.places, across.places, maps);
  for (let y = 0; y < down.places; y++) {
    for (let x = 0; x < across.places; x++) {
      const top = y * stride - down.before;
      const left = x * stride - across.before;
      for (let map = 0; map < maps; map++) {
        const inside = [];
        for (let row = Math.max(top, 0); row < Math.min(top + size[0], height); row++) {
          for (let column = Math.max(left, 0); column < Math.min(left + size[1], width); column++) {
            inside.push(data[(row * width + column) * maps + map]);
          }
        }
        result.data[(y * across.places + x) * maps + map] = summary(inside);
      }
    }
  }
  return result;
}

/**
 * Every output is a weighted sum of all inputs.
 * @param {Values} values
 * @param {Settings} settings
 * @returns {Values}
 */
function dense({ data }, { kernel, bias }) {
  const outputs = kernel.shape[1];
  const sums = Float64Array.from(bias.data);
  data.forEach((value, input) => {
    for (let output = 0; output < outputs; output++) sums[output] += value * kernel.data[input * outputs + output];
  });
  return { height: 1, width: 1, maps: outputs, data: Float32Array.from(sums) };
}

/**
 * Each value on its own.
 * @param {Values} values
 * @param {(value: number) => number} change
 * @returns {Values}
 */
function each(values, change) {
  return { ...values, data: values.data.map(change) };
}

/** @type {Record<string, (values: Values, settings: Settings) => Values>} */
export const LAYERS = {
  Rescaling: (values, { scale, offset }) => each(values, (value) => value * scale + offset),
  Conv2D: convolve,
  ReLU: (values) => each(values, (value) => Math.max(value, 0)),
  LeakyReLU: (values, { negative_slope: slope }) => each(values, (value) => (value < 0 ? slope * value : value)),
  Tanh: (values) => each(values, Math.tanh),
  Sigmoid: (values) => each(values, (value) => 0.5 * (1 + Math.tanh(0.5 * value))), // it cannot overflow
  MaxPooling2D: (values, settings) => pool(values, settings, (inside) => Math.max(...inside)),
  AveragePooling2D: (values, settings) => pool(values, settings, mean),
  Flatten: (values) => ({ height: 1, width: 1, maps: values.data.length, data: values.data }),
  GlobalAveragePooling2D: (values) => pool(values, { size: [values.height, values.width], stride: 1 }, mean),
  Dense: dense,
};

/**
 * A digit as the first layer gets it.
 * @param {Uint8Array} image 28×28 pixels, ink 255 on 0
 * @returns {Values}
 */
export function inputOf(image) {
  return { height: 28, width: 28, maps: 1, data: Float32Array.from(image, (pixel) => pixel / 255) };
}

/**
 * What each layer gives for a digit; the last one gives the logits.
 * @param {Network} network
 * @param {Uint8Array} image 28×28 pixels, ink 255 on 0
 * @returns {Values[]}
 */
export function activations(network, image) {
  let values = inputOf(image);
  return network.layers.map(([name, settings]) => (values = LAYERS[name](values, settings)));
}

/**
 * Scores -> probabilities that add up to 1.
 * @param {number[]} scores
 */
function softmax(scores) {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * The scores of the last layer, as probabilities: how likely each digit is, if it is one; and how likely it is none (0 if the
 * network never learned that).
 * @param {Network} network
 * @param {ArrayLike<number>} logits ten or eleven
 * @returns {{ probabilities: number[], noDigit: number, all: number[] }} all: of ten digits and, if there is one, of "no digit",
 *   together 1
 */
export function shares(network, logits) {
  const scaled = Array.from(logits, (logit) => logit / (network.temperature ?? 1));
  const all = softmax(scaled);
  return { probabilities: softmax(scaled.slice(0, 10)), noDigit: all[10] ?? 0, all };
}

/**
 * @param {Network} network
 * @param {Uint8Array} image 28×28 pixels
 */
export function judge(network, image) {
  const values = activations(network, image);
  return shares(network, values[values.length - 1].data);
}
