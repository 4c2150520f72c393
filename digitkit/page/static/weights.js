// The network's numbers, which travel in the page as text (base64): 16 or 32 bits each, all layers one after the other.

/** @typedef {import("./network.js").Network} Network */

/**
 * @param {{ layers: [string, Record<string, any>][], temperature: number | null, bits: number }} header in which the weights of a
 *   layer are named by { start, shape }
 * @param {Uint8Array} bytes
 * @returns {Network}
 */
export function networkFrom({ layers, temperature, bits }, bytes) {
  const numbers = bits === 16 ? fromHalves(new Uint16Array(bytes.buffer)) : new Float32Array(bytes.buffer);
  const filled = layers.map(([name, settings]) => {
    const own = Object.entries(settings).map(([key, value]) => {
      if (!value?.shape) return [key, value];
      const count = value.shape.reduce((/** @type {number} */ product, /** @type {number} */ side) => product * side, 1);
      return [key, { shape: value.shape, data: numbers.subarray(value.start, value.start + count) }];
    });
    return /** @type {[string, Record<string, any>]} */ ([name, Object.fromEntries(own)]);
  });
  return { layers: filled, temperature };
}

/**
 * @param {string} text base64
 * @returns {Uint8Array}
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text.trim()), (character) => character.charCodeAt(0));
}

/**
 * Numbers of 16 bits (IEEE 754): a sign, five bits of an exponent, ten of a fraction.
 * @param {Uint16Array} halves
 */
function fromHalves(halves) {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : (sign * fraction) / 2 ** 24;
  });
}
