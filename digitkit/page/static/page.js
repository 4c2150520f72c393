// The page: the sheet, the answer, the layers. At most one drawing is with the reader; meanwhile only the newest waits.

import { make, makeSheet } from "./sheet.js";
import { makeResult } from "./result.js";
import { makeLiveLayers } from "./live_layers.js";
import { answer } from "./worker.js";
import { bytesOf, networkFrom } from "./weights.js";
import { greys, makeGrid } from "./grids.js";
import { kit } from "./kit.js";

/** @typedef {import("./worker.js").Answer} Answer */
/** @typedef {{ pixels: Uint8ClampedArray, width: number, chosen: number | [number, number] }} Question */

const inPage = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {Uint8Array} weights
 * @param {(question: Question) => Answer} here answers in this thread
 * @param {(answer: Answer) => void} onAnswer
 */
function makeReader(weights, here, onAnswer) {
  /** @type {(question: Question) => void} */
  const inThisThread = (question) => {
    setTimeout(() => onAnswer(here(question)));
  };
  let send = inThisThread;
  /** @type {Question | null} */
  let pending = null;
  try {
    const code = new Blob([inPage("reader").textContent ?? ""], { type: "text/javascript" });
    const worker = new Worker(URL.createObjectURL(code));
    worker.postMessage({ weights });
    worker.onmessage = ({ data }) => {
      pending = null;
      onAnswer(data);
    };
    worker.onerror = () => {
      send = inThisThread;
      if (pending) send(pending);
    };
    send = (question) => {
      pending = question;
      worker.postMessage(question);
    };
  } catch {
    // This browser allows no worker in a local file: the ink may then wait a moment for the network.
  }
  return (/** @type {Question} */ question) => send(question);
}

const weights = bytesOf(inPage("weights").textContent ?? "");
const network = networkFrom(kit.network, weights);
const nothing = answer(network, new Uint8ClampedArray(4 * kit.smallestPicture ** 2).fill(255), kit.smallestPicture, 0);

/** @type {number | null} which digit was chosen to be looked at; null: the one that is being drawn */
let chosen = null;
let isBusy = false;
let isWaiting = false;
let isForgotten = false; // the sheet was cleared while a drawing was being read: its answer is not shown
let answers = 0;

const sheet = makeSheet(() => {
  chosen = null;
  ask();
});
const result = makeResult(nothing.values[nothing.values.length - 1].maps, (index) => {
  chosen = index;
  ask();
});
const layers = makeLiveLayers(network, kit.layers);
const steps = ["crop", "even stroke", "20×20 box", "28×28"].map((name) => ({ name, grid: makeGrid(kit.steps[name][0]) }));
const question = makeReader(weights, ({ pixels, width, chosen: which }) => answer(network, pixels, width, which), (given) => {
  isBusy = false;
  if (!isForgotten) show(given);
  if (isWaiting) ask();
});

function ask() {
  const drawing = sheet.drawing();
  isWaiting = isBusy && drawing !== null;
  if (!drawing) {
    isForgotten = isBusy;
    show(nothing);
  } else if (!isBusy) {
    isBusy = true;
    isForgotten = false;
    const context = /** @type {CanvasRenderingContext2D} */ (drawing.getContext("2d"));
    const { data } = context.getImageData(0, 0, drawing.width, drawing.height);
    question({ pixels: data, width: drawing.width, chosen: chosen ?? sheet.penAt() });
  }
}

/** @param {Answer} given */
function show(given) {
  result.show(given, network.temperature !== null, !given.reading.ink.data.includes(1));
  for (const { name, grid } of steps) {
    const step = given.shown?.steps[name] ?? { width: 1, height: 1, data: [0] };
    grid.show({ rows: step.height, columns: step.width, data: step.data }, greys(name.startsWith("2") ? 255 : 1));
  }
  layers.show(given.values);
  answers += 1;
  document.body.dataset.answers = String(answers); // so that a test can wait for one, and count them
}

inPage("title").textContent = document.title = kit.title;
inPage("about").textContent = kit.about;
inPage("draw").append(sheet.element, sheet.tools);
inPage("answer").append(result.element, make("div", { className: "digitkit-beside" }, result.seen, result.bars));
inPage("steps").append(
  ...steps.map(({ name, grid }, index) =>
    make("li", {}, make("div", { className: "digitkit-frame" }, grid.element), make("b", { textContent: `${index + 1}. ${kit.steps[name][0]}` }), make("span", { textContent: kit.steps[name][1] })),
  ),
);
inPage("layers").append(layers.element);
show(nothing);
