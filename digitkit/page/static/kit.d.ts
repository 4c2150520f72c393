// What Python writes at the top of the page: the constants of the kit's steps, its sentences and colours, and the network.
// Widgets made of the same modules get the constants alone, down to colourWords, and the networks as their state.

export interface LayerInWords {
  title: string; // "Conv2D 5×5"
  shape: string; // "24×24, 24 maps"
  does: string; // a sentence or two
  rows: [number, number][] | null; // for each row of its maps, or for each of its values: the rows of the digit that feed it
  columns: [number, number][] | null;
}

export const kit: {
  box: number; // pixels of the box that a digit is fitted into
  scale: number; // how many times finer the stroke is measured
  stroke: number; // pixels: how wide strokes become in that box
  middle: number; // row and column of the centre of mass
  smallestDigit: number; // pixels
  smallestPicture: number; // pixels of a drawing that is read
  leastInk: number; // of 255: how much light ink absorbs at least
  mostCuts: number;
  widestDigit: number;
  sure: number;
  guess: number;
  split: number;
  longestRow: number;
  bar: number;
  eachPart: number;
  eachPartAlone: number;
  cutCost: number;
  says: Record<string, string>; // {label}, {sure} … are filled in
  kinds: Record<"point" | "stroke" | "sign", [string, string]>; // what is left out: one of them, several
  steps: Record<string, [string, string]>; // their names, and what they do
  colours: { negative: number[]; zero: number[]; positive: number[] };
  colourWords: string;
  layers: LayerInWords[]; // the digit itself first
  title: string;
  about: string; // where the network comes from
  network: { layers: [string, Record<string, any>][]; temperature: number | null; bits: 16 | 32 };
};
