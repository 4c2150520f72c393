// Sums and middles of some numbers.

/** @param {ArrayLike<number>} values */
export function sum(values) {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index];
  return total;
}

/** @param {ArrayLike<number>} values at least one */
export function mean(values) {
  return sum(values) / values.length;
}

/**
 * The middle one, or the mean of the two in the middle.
 * @param {number[]} values at least one
 */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/**
 * Rounds as Python does: halves to the even number.
 * @param {number} value
 */
export function round(value) {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
