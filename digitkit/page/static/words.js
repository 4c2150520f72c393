// Numbers and readings in words, as the notebook's panel says them. The sentences themselves come from Python.

import { kit } from "./kit.js";

/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("./reading.js").Mark} Mark */
/** @typedef {import("./raster.js").Box} Box */

/**
 * Only if it has changed: a screen reader would say it again.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A share in per cent, never rounded to a certainty.
 * @param {number} share
 */
export function percent(share) {
  if (share > 0.999) return "over 99.9 %";
  return share < 0.001 ? "under 0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/**
 * A number with two decimals, or three if it is small.
 * @param {number} value
 */
export function number(value) {
  return String(Number(value.toFixed(Math.abs(value) >= 0.1 ? 2 : 3)) + 0).replace("-", "−");
}

/**
 * Texts as a sentence lists them.
 * @param {string[]} parts
 */
export function inARow(parts) {
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}` : parts[0];
}

/**
 * @param {string} name of a sentence
 * @param {Record<string, string | number>} parts what stands in it
 */
function say(name, parts = {}) {
  return kit.says[name].replace(/\{(.+?)\}/g, (_, part) => String(parts[part]));
}

/**
 * The answer as a sentence.
 * @param {Mark[]} digits
 */
export function inWords(digits) {
  if (!digits.length) return say("none");
  if (digits.length > 1) {
    const least = leastSure(digits);
    const text = digits.map((digit) => digit.label).join("");
    const doubt = least.confidence >= kit.sure ? "" : say("least sure", { label: least.label, sure: percent(least.confidence) });
    return say("several", { text, count: `${digits.length} digits` }) + doubt;
  }
  const [{ label, confidence, probabilities }] = digits;
  if (confidence >= kit.sure) return say("sure", { label, sure: percent(confidence) });
  const other = probabilities.indexOf(Math.max(...probabilities.filter((_, index) => index !== label)));
  return probabilities[label] >= kit.sure ? say("perhaps none", { label }) : say("between", { label, other });
}

/** @param {Mark[]} digits at least one */
function leastSure(digits) {
  return digits.reduce((least, digit) => (digit.confidence < least.confidence ? digit : least));
}

/**
 * What else there is to say: guesses, what was left out.
 * @param {Reading} reading
 * @param {boolean} isCalibrated
 */
export function remarks({ digits, refused, leftOut, typicalHeight }, isCalibrated) {
  if (!digits.length) return refused.length ? say("a mark") : "";
  const told = [];
  const guesses = digits.filter((digit) => digit.confidence < kit.guess);
  if (guesses.length) {
    const named = guesses.map((digit) => `the ${digit.label} (${percent(digit.confidence)})`);
    told.push(`${inARow(named)} ${named.length > 1 ? "are guesses" : "is a guess"}`);
  }
  if (leftOut.length) told.push(`left out: ${inARow(kindsOf(leftOut, typicalHeight))}`);
  const text = told.join("; ");
  const sentences = text ? [`${text[0].toUpperCase()}${text.slice(1)}.`] : [];
  return [...sentences, ...(isCalibrated ? [] : [say("not calibrated")])].join(" ");
}

/**
 * @param {Box[]} boxes
 * @param {number} height of a typical digit
 * @returns {string[]} such as "2 points" and "a stroke"
 */
function kindsOf(boxes, height) {
  const kinds = boxes.map((box) => {
    const [shorter, longer] = [box.width, box.height].sort((one, other) => one - other);
    return longer < 0.3 * height ? "point" : longer > 2.5 * shorter ? "stroke" : "sign";
  });
  return Object.entries(kit.kinds).flatMap(([kind, [one, several]]) => {
    const count = kinds.filter((other) => other === kind).length;
    return count ? [count === 1 ? one : `${count} ${several}`] : [];
  });
}
