// The network at work: each layer with all its maps; one map large; one value with the pixels that feed it and how it comes about.

import { make } from "./sheet.js";
import { blueWhiteRed, greys, makeGrid } from "./grids.js";
import { arithmetic, inLines } from "./arithmetic.js";
import { number } from "./words.js";
import { kit } from "./kit.js";

/** @typedef {import("./network.js").Network} Network */
/** @typedef {import("./network.js").Values} Values */
/** @typedef {import("./grids.js").Grid} Grid */
/**
 * What is looked at: a layer (0: the digit), one of its maps, and a place in it, null as long as none was chosen.
 * @typedef {{ layer: number, map: number, place: [number, number] | null } | null} Looked
 */

/** @param {Network} network */
export function makeLiveLayers(network) {
  /** @type {Values[]} */
  let values = [];
  /** @type {Looked} */
  let looked = null;
  const cards = kit.layers.map((words, layer) => makeCard(words, layer, look));
  const closer = makeCloser((row, column) => {
    if (looked) look({ ...looked, place: [row, column] });
  });

  /** @param {Looked} changed */
  function look(changed) {
    if (changed && changed.layer !== looked?.layer) cards[changed.layer].element.append(closer.element);
    looked = changed;
    show();
  }
  function show() {
    cards.forEach((card, layer) => card.show(values[layer], looked?.layer === layer ? looked.map : null));
    if (looked) closer.show(network, values, looked);
  }
  return {
    element: make("div", { className: "digitkit-live-layers" }, ...cards.map((card) => card.element)),
    /** @param {Values[]} changed the digit, and what each layer gives for it */
    show(changed) {
      values = changed;
      show();
    },
  };
}

/**
 * One layer: what it is, and all its maps.
 * @param {(looked: Looked) => void} look
 */
function makeCard(/** @type {import("./kit.js").kit["layers"][0]} */ words, /** @type {number} */ layer, look) {
  const title = layer ? `${layer}. ${words.title}` : "The digit";
  const grid = makeGrid(`${title}, ${words.shape}.`, (row, column) => look(chosen(row, column)));
  /** @type {Values} */
  let shown;

  /** @returns {Looked} */
  function chosen(/** @type {number} */ row, /** @type {number} */ column) {
    if (isRow(shown)) return { layer, map: 0, place: [row, column] };
    if (shown.maps === 1) return { layer, map: 0, place: [row, column] };
    return { layer, map: Math.min(row * perLine(shown) + column, shown.maps - 1), place: null };
  }
  const heading = make("h3", {}, make("span", { textContent: title }), make("small", { textContent: words.shape }));
  return {
    element: make("section", { className: "digitkit-layer" }, heading, make("p", { textContent: words.does }), grid.element),
    /**
     * @param {Values} values
     * @param {number | null} map the one that is looked at
     */
    show(values, map) {
      shown = values;
      const colour = colourOf(values);
      const columns = perLine(values);
      if (isRow(values) || values.maps === 1) {
        const plain = isRow(values) ? inLines(values.data) : mapOf(values, 0);
        grid.element.style.setProperty("--widest", `${plain.columns > 28 ? 448 : plain.columns > 12 ? 224 : 28 * plain.columns}px`);
        grid.show(plain, colour);
        return;
      }
      const [high, wide] = [values.height + 1, values.width + 1]; // with a gap between the maps
      const lines = Math.ceil(values.maps / columns);
      const data = new Float32Array(lines * high * columns * wide).fill(NaN);
      for (let one = 0; one < values.maps; one++) {
        const [top, left] = [Math.floor(one / columns) * high, (one % columns) * wide];
        for (let place = 0; place < values.height * values.width; place++) {
          const [row, column] = [top + Math.floor(place / values.width), left + (place % values.width)];
          data[row * columns * wide + column] = values.data[place * values.maps + one];
        }
      }
      const [line, spot] = [Math.floor((map ?? 0) / columns), (map ?? 0) % columns];
      const around = map === null ? null : { top: line * high, left: spot * wide, rows: values.height, columns: values.width };
      grid.element.style.setProperty("--widest", `${columns * Math.max(Math.min(values.width * 3, 56), 26)}px`);
      grid.show({ rows: lines * high, columns: columns * wide, data }, colour, around, [lines, columns]);
      grid.startAt(line, spot);
    },
  };
}

/**
 * One map large, one value of it, and how that comes about.
 * @param {(row: number, column: number) => void} onChoose
 */
function makeCloser(onChoose) {
  const large = makeGrid("One map.", onChoose);
  const digit = makeGrid("The digit, with the pixels that feed the value in a frame.");
  const name = make("figcaption");
  const sentence = make("p", { className: "digitkit-sentence" });
  sentence.setAttribute("role", "status");
  const figures = make("div", { className: "digitkit-figures" });
  const map = make("figure", {}, name, large.element);
  const pixels = make("figure", {}, make("figcaption", { textContent: "the digit: what feeds the value" }), digit.element);
  const colours = make("p", { className: "digitkit-note" });
  return {
    element: make("div", { className: "digitkit-closer" }, map, pixels, figures, sentence, colours),
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
      large.show(grid, colourOf(here), frame(row, column));
      large.startAt(row, column);
      const { rows, columns } = kit.layers[layer];
      const [down, across] = isRow(here) ? [rows?.[index], columns?.[index]] : [rows?.[row], columns?.[column]];
      const seen = down && across && { top: down[0], left: across[0], rows: down[1] - down[0], columns: across[1] - across[0] };
      digit.show(mapOf(values[0], 0), greys(1), seen ?? null);
      const value = number(isRow(here) ? here.data[index] : grid.data[row * grid.columns + column]);
      const score = `The score of ${index < 10 ? `the digit ${index}` : "“no digit”"}`;
      const numbered = layer === kit.layers.length - 1 ? score : `Value ${index}`;
      const where = isRow(here) ? numbered : here.maps > 1 ? `Map ${unit}, row ${row}, column ${column}` : `Row ${row}, column ${column}`;
      const how = layer
        ? arithmetic(network, layer - 1, values, index, isRow(here) ? 0 : row, isRow(here) ? 0 : column)
        : { sentence: "Ink from 0 (none) to 1 (black ink).", figures: [] };
      sentence.textContent = `${where}: ${value}. ${how.sentence}`;
      figures.replaceChildren(...how.figures.map(({ title, grid: numbers }) => signedFigure(title, numbers)));
      colours.textContent = colourWords(here);
    },
  };
}

/**
 * @param {string} title
 * @param {Grid} numbers
 */
function signedFigure(title, numbers) {
  const reach = Math.max(...Array.from(numbers.data, (value) => Math.abs(value) || 0));
  const grid = makeGrid(`${title}: ${Array.from(numbers.data).slice(0, 32).map(number).join(", ")}`);
  grid.show(numbers, blueWhiteRed(reach));
  grid.element.style.setProperty("--widest", `${numbers.columns * (numbers.columns > 16 ? 9 : 18)}px`);
  return make("figure", {}, make("figcaption", { textContent: title }), grid.element);
}

const isRow = (/** @type {Values} */ values) => values.height === 1 && values.width === 1;

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
function colourOf(/** @type {Values} */ values) {
  const { lowest, reach } = extremes(values);
  return lowest < 0 ? blueWhiteRed(reach) : greys(reach);
}

function colourWords(/** @type {Values} */ values) {
  const { lowest, reach } = extremes(values);
  const signed = kit.colourWords[0].toUpperCase() + kit.colourWords.slice(1);
  return lowest < 0 ? `${signed}, up to ±${number(reach)}.` : `Black is zero, white is ${number(reach)}, the largest value.`;
}
