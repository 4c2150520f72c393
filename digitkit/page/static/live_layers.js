// The network at work: each layer with all its maps; one map large; one value with the pixels that feed it and how it comes about.

import { make } from "./sheet.js";
import { blueWhiteRed, greys, makeGrid } from "./grids.js";
import { arithmetic, inLines } from "./arithmetic.js";
import { number, percent, setText } from "./words.js";
import { shares } from "./network.js";
import { kit } from "./kit.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Values} Values */
/** @typedef {import("./kit.js").LayerInWords} LayerInWords */
/** @typedef {import("./grids.js").Grid} Grid */
/** @typedef {import("./grids.js").NumberGrid} NumberGrid */
/**
 * What is looked at: a layer (0: the digit), one of its maps, and a place in it, null as long as none was chosen.
 * @typedef {{ layer: number, map: number, place: [number, number] | null } | null} Looked
 */

const SETTLED = 300; // milliseconds without an answer

/**
 * @param {Network} network
 * @param {LayerInWords[]} words of its layers, the digit itself first
 */
export function makeLiveLayers(network, words) {
  /** @type {Values[]} */
  let values = [];
  /** @type {Looked} */
  let looked = null;
  const cards = words.map((its, layer) => makeCard(its, layer, layer === words.length - 1, look));
  const closer = makeCloser(words, (row, column) => {
    if (looked) look({ ...looked, place: [row, column] });
  });
  // While the pen moves only what is on the screen is painted, the others when it rests or as soon as they come near.
  /** @type {Set<Element>} */
  const all = new Set(cards.map((card) => card.element));
  const near = new Set(all);
  let resting = 0;
  const watch = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) isIntersecting ? near.add(target) : near.delete(target);
      show();
    },
    { rootMargin: "300px" },
  );
  cards.forEach((card) => watch.observe(card.element));

  /** @param {Looked} changed */
  function look(changed) {
    if (changed && changed.layer !== looked?.layer) cards[changed.layer].element.append(closer.element);
    looked = changed;
    show();
  }
  function show(which = near) {
    if (!values.length) return;
    cards.forEach((card, layer) => {
      if (which.has(card.element)) card.show(values[layer], looked?.layer === layer ? looked : null);
    });
    if (looked) closer.show(network, values, looked);
  }
  return {
    element: make("div", { className: "digitkit-live-layers" }, ...cards.map((card) => card.element)),
    /** @param {Values[]} changed the digit, and what each layer gives for it */
    show(changed) {
      values = changed;
      show();
      clearTimeout(resting);
      resting = setTimeout(() => show(all), SETTLED);
    },
  };
}

/**
 * One layer: what it is, and all its maps.
 * @param {LayerInWords} words
 * @param {number} layer
 * @param {boolean} isLast
 * @param {(looked: Looked) => void} look
 */
function makeCard(words, layer, isLast, look) {
  const title = layer ? `${layer}. ${words.title}` : "The digit";
  const grid = makeGrid(`${title}, ${words.shape}.`, (row, column) => look(chosen(row, column)));
  /** @type {Values} */
  let shown;

  /** @returns {Looked} */
  function chosen(/** @type {number} */ row, /** @type {number} */ column) {
    if (isRow(shown)) {
      const { columns } = inLines(shown.data);
      const place = Math.min(row * columns + column, shown.maps - 1); // the last line may not be full
      return { layer, map: 0, place: [Math.floor(place / columns), place % columns] };
    }
    if (shown.maps === 1) return { layer, map: 0, place: [row, column] };
    return { layer, map: Math.min(row * perLine(shown) + column, shown.maps - 1), place: null };
  }
  const legend = make("small");
  const heading = make("h3", {}, make("span", { textContent: title }), make("small", { textContent: words.shape }));
  return {
    element: make("section", { className: "digitkit-layer" }, heading, make("p", { textContent: words.does }), grid.element, legend),
    /**
     * @param {Values} values
     * @param {Looked} looked what is looked at in this layer
     */
    show(values, looked) {
      shown = values;
      const order = isLast && areScores(values) ? ` From left to right: 0 to 9${values.maps > 10 ? ", then “no digit”" : ""}.` : "";
      setText(legend, colourWords(values) + order);
      if (isRow(values) || values.maps === 1) showNumbers(grid, values, looked);
      else showMaps(grid, values, looked);
    },
  };
}

/**
 * A row of numbers, or the one map that there is.
 * @param {NumberGrid} grid
 * @param {Values} values
 * @param {Looked} looked
 */
function showNumbers(grid, values, looked) {
  const numbers = isRow(values) ? inLines(values.data) : mapOf(values, 0);
  const [row, column] = looked?.place ?? [0, 0];
  grid.widest(numbers.columns > 28 ? 448 : numbers.columns > 12 ? 224 : 28 * numbers.columns);
  grid.show(numbers, coloursOf(values), looked && { top: row, left: column, rows: 1, columns: 1 });
}

/**
 * All maps on one sheet, with gaps between them.
 * @param {NumberGrid} grid
 * @param {Values} values
 * @param {Looked} looked
 */
function showMaps(grid, values, looked) {
  const { height, width, maps, data } = values;
  const columns = perLine(values);
  const lines = Math.ceil(maps / columns);
  const [high, wide] = [height + 1, width + 1];
  const sheet = new Float32Array(lines * high * columns * wide).fill(NaN);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let map = 0; map < maps; map++) {
        const [top, left] = [Math.floor(map / columns) * high, (map % columns) * wide];
        sheet[(top + row) * columns * wide + left + column] = data[(row * width + column) * maps + map];
      }
    }
  }
  const map = looked?.map ?? 0;
  const [line, spot] = [Math.floor(map / columns), map % columns];
  grid.widest(columns * Math.max(Math.min(width * 3, 56), 26));
  const around = looked && { top: line * high, left: spot * wide, rows: height, columns: width };
  grid.show({ rows: lines * high, columns: columns * wide, data: sheet }, coloursOf(values), around, [lines, columns]);
  grid.startAt(line, spot);
}

/**
 * One map large, one value of it, and how that comes about.
 * @param {LayerInWords[]} words
 * @param {(row: number, column: number) => void} onChoose
 */
function makeCloser(words, onChoose) {
  const large = makeGrid("One map.", onChoose);
  const digit = makeGrid("The digit, with the pixels that feed the value in a frame.");
  const name = make("figcaption");
  const sentence = make("p", { className: "digitkit-sentence" });
  sentence.setAttribute("role", "status");
  const figures = make("div", { className: "digitkit-figures" });
  const map = make("figure", {}, name, large.element);
  const pixels = make("figure", {}, make("figcaption", { textContent: "the digit: what feeds the value" }), digit.element);
  return {
    element: make("div", { className: "digitkit-close-up" }, map, pixels, figures, sentence),
    /**
     * @param {Network} network
     * @param {Values[]} values
     * @param {NonNullable<Looked>} looked
     */
    show(network, values, { layer, map: unit, place }) {
      const here = values[layer];
      const grid = isRow(here) ? inLines(here.data) : mapOf(here, unit);
      const [row, column] = place ?? highest(grid);
      const index = isRow(here) ? Math.min(row * grid.columns + column, here.maps - 1) : unit;
      const frame = (/** @type {number} */ top, /** @type {number} */ left) => ({ top, left, rows: 1, columns: 1 });
      map.hidden = isRow(here) || here.maps === 1; // the card shows it already
      name.textContent = `map ${unit}`;
      large.show(grid, coloursOf(here), frame(row, column));
      large.startAt(row, column);
      const { rows, columns } = words[layer];
      const [down, across] = isRow(here) ? [rows?.[index], columns?.[index]] : [rows?.[row], columns?.[column]];
      const seen = down && across && { top: down[0], left: across[0], rows: down[1] - down[0], columns: across[1] - across[0] };
      digit.show(mapOf(values[0], 0), greys(1), seen ?? null);
      const value = number(isRow(here) ? here.data[index] : grid.data[row * grid.columns + column]);
      const isScore = layer === words.length - 1 && areScores(here);
      const score = `The score of ${index < 10 ? `the digit ${index}` : "“no digit”"}`;
      const numbered = isScore ? score : `Value ${index}`;
      const where = isRow(here) ? numbered : here.maps > 1 ? `Map ${unit}, row ${row}, column ${column}` : `Row ${row}, column ${column}`;
      const how = layer
        ? arithmetic(network, layer - 1, values, index, isRow(here) ? 0 : row, isRow(here) ? 0 : column)
        : { sentence: "0: no ink, shown black. 1: full ink, shown white.", figures: [] };
      setText(sentence, `${where}: ${value}. ${how.sentence}${isScore ? asShare(network, here, index) : ""}`);
      figures.replaceChildren(...how.figures.map(({ title, grid: numbers }) => signedFigure(title, numbers)));
    },
  };
}

/**
 * From a score to the bar above.
 * @param {Network} network
 * @param {Values} scores
 * @param {number} index
 */
function asShare(network, { data }, index) {
  const { temperature } = network;
  const cooled = `the temperature, ${number(temperature ?? 1)}, a number found after training so that 90 % means 90 %`;
  const share = percent(shares(network, data).all[index]);
  return `${temperature === null ? "" : ` All scores are divided by ${cooled}.`} Softmax makes shares of them that add up to 1: ${share}.`;
}

/**
 * @param {string} title
 * @param {Grid} numbers
 */
function signedFigure(title, numbers) {
  const reach = Math.max(...Array.from(numbers.data, (value) => Math.abs(value) || 0));
  const grid = makeGrid(`${title}: ${Array.from(numbers.data).slice(0, 32).map(number).join(", ")}`);
  grid.show(numbers, blueWhiteRed(reach));
  grid.widest(numbers.columns * (numbers.columns > 16 ? 9 : 18));
  return make("figure", {}, make("figcaption", { textContent: title }), grid.element);
}

const isRow = (/** @type {Values} */ values) => values.height === 1 && values.width === 1;

/** Whether the last layer's numbers stand for the ten digits, and perhaps for "no digit". */
const areScores = (/** @type {Values} */ values) => isRow(values) && (values.maps === 10 || values.maps === 11);

/** How many maps stand in a line. */
function perLine(/** @type {Values} */ { maps, width }) {
  return Math.min(maps, width > 12 ? 8 : width > 5 ? 16 : 22);
}

/**
 * One of the maps.
 * @param {Values} values
 * @param {number} map
 * @returns {Grid}
 */
function mapOf({ height, width, maps, data }, map) {
  return { rows: height, columns: width, data: Float32Array.from({ length: height * width }, (_, place) => data[place * maps + map]) };
}

/**
 * Where the largest number is.
 * @param {Grid} grid
 * @returns {[number, number]}
 */
function highest({ columns, data }) {
  let best = 0;
  for (let place = 1; place < data.length; place++) if (data[place] > data[best]) best = place;
  return [Math.floor(best / columns), best % columns];
}

/** @param {Values} values */
function extremes({ data }) {
  let [lowest, largest] = [0, 0];
  for (const value of data) {
    if (value < lowest) lowest = value;
    if (value > largest) largest = value;
  }
  return { lowest, reach: Math.max(largest, -lowest) };
}

/** One scale for all maps of a layer: from black to white, or, if some are below zero, blue, white, red. */
function coloursOf(/** @type {Values} */ values) {
  const { lowest, reach } = extremes(values);
  return lowest < 0 ? blueWhiteRed(reach) : greys(reach);
}

function colourWords(/** @type {Values} */ values) {
  const { lowest, reach } = extremes(values);
  if (reach === 0) return "Black is zero, and all are.";
  const signed = kit.colourWords[0].toUpperCase() + kit.colourWords.slice(1);
  return lowest < 0 ? `${signed}, up to ±${number(reach)}.` : `Black is zero, white is ${number(reach)}, the largest value.`;
}
