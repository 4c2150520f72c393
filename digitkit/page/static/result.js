// The answer: in words, the digits to choose from, what the network saw, and how likely each digit is.

import { make } from "./sheet.js";
import { greys, makeGrid } from "./grids.js";
import { inWords, percent, remarks, setText } from "./words.js";
import { kit } from "./kit.js";

/** @typedef {import("./worker.js").Answer} Answer */
/** @typedef {import("./reading.js").Mark} Mark */

const LEAST_SHARE = 0.001; // what is less likely gets a bar, but no number

/**
 * @param {number} outputs of the network: ten, or eleven with "no digit"
 * @param {(index: number) => void} onChoose a digit
 */
export function makeResult(outputs, onChoose) {
  const words = make("p", { className: "digitkit-answer", textContent: "Draw a digit." });
  words.setAttribute("role", "status");
  const remark = make("p", { className: "digitkit-note" });
  const tokens = make("div", { className: "digitkit-tokens" });
  tokens.setAttribute("role", "group");
  tokens.setAttribute("aria-label", "The digits that were read: which one is looked at");
  const seen = makeGrid("28 by 28 pixels: the digit as the network sees it.");
  const names = [...Array(10).keys(), ...(outputs > 10 ? ["no digit"] : [])];
  const rows = names.map((name) => {
    const [drawn, share] = [make("div", { className: "digitkit-bar" }), make("td", { textContent: "–" })];
    return { name, drawn, share, element: make("tr", {}, make("th", { scope: "row", textContent: String(name) }), make("td", {}, drawn), share) };
  });
  const table = make("table", { className: "digitkit-bars" }, make("tbody", {}, ...rows.map((row) => row.element)));
  table.setAttribute("aria-label", "How likely each digit is");

  /**
   * @param {Mark[]} digits
   * @param {Mark | undefined} shown
   */
  function showTokens(digits, shown) {
    const last = Math.max(0, ...digits.map((digit) => digit.row));
    const buttons = digits.map((digit, index) => {
      const doubt = digit.confidence >= kit.sure ? "" : digit.confidence < kit.guess ? "?" : "~"; // not by colour alone
      const token = make("button", { type: "button", textContent: `${digit.label}${doubt}`, title: percent(digit.confidence) });
      token.setAttribute("aria-label", `digit ${index + 1}: ${digit.label}, ${percent(digit.confidence)}`);
      token.setAttribute("aria-pressed", String(digit === shown));
      token.addEventListener("click", () => onChoose(index));
      return token;
    });
    const lines = Array.from({ length: last + 1 }, (_, row) => make("div", {}, ...buttons.filter((_button, index) => digits[index].row === row)));
    const focused = [...tokens.querySelectorAll("button")].indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    tokens.replaceChildren(...(digits.length > 1 ? lines : []));
    if (focused >= 0) buttons[focused]?.focus();
  }

  return {
    element: make("div", { className: "digitkit-result" }, words, remark, tokens),
    seen: make("div", { className: "digitkit-seen" }, make("h2", { textContent: "What the network sees" }), seen.element),
    bars: make("div", { className: "digitkit-probabilities" }, make("h2", { textContent: "How likely each is" }), table),
    /**
     * @param {Answer} answer
     * @param {boolean} isCalibrated
     * @param {boolean} isBlank whether nothing has been drawn
     */
    show({ reading, shown, values }, isCalibrated, isBlank) {
      setText(words, isBlank ? "Draw a digit." : inWords(reading.digits));
      remark.textContent = isBlank ? "" : remarks(reading, isCalibrated);
      showTokens(reading.digits, shown);
      seen.show({ rows: 28, columns: 28, data: values[0].data }, greys(1));
      const shares = shown ? shown.all : null;
      const highest = shares ? Math.max(...shares) : 0;
      rows.forEach(({ drawn, share, element }, index) => {
        drawn.style.setProperty("--share", `${100 * (shares?.[index] ?? 0)}%`);
        share.textContent = !shares ? "–" : shares[index] < LEAST_SHARE ? "" : percent(shares[index]);
        element.classList.toggle("digitkit-first", shares !== null && shares[index] === highest);
      });
    },
  };
}
