// The drawing sheet: by mouse, finger, pen or keyboard. The notebook's panel and the page have the same.

/** @typedef {[number, number]} Point in units of the sheet */
/** @typedef {{ width: number, points: Point[] }} Stroke */

const SHEET = 280; // units: the sheet's side
const MARGIN = 10; // units of white that are added all round before it is read, so that no ink is cut off at the edge
const DRAWING = 320; // pixels of the drawing that is read: at this size nothing has to be enlarged
const PENS = { thin: 9, medium: 16, thick: 26 }; // widths in the sheet's units
const INK = "#111";
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * An element with its properties and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * A pen reports corners where the hand made a curve, so the line runs smoothly through the middles between the points.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 * @param {number} first number of the first point that is new
 */
function paintStroke(context, { width, points }, first = 1) {
  const middle = (/** @type {number} */ i) => /** @type {Point} */ ([(points[i][0] + points[i + 1][0]) / 2, (points[i][1] + points[i + 1][1]) / 2]);
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...(first < 2 ? points[0] : middle(first - 2)));
  for (let i = Math.max(first - 1, 1); i < points.length - 1; i++) context.quadraticCurveTo(...points[i], ...middle(i));
  context.lineTo(...points[points.length - 1]);
  context.stroke();
}

/**
 * Strokes and not pixels are kept, so that the last can be taken back and all can be painted at any size.
 * @param {HTMLCanvasElement} canvas
 * @param {Stroke[]} strokes
 * @param {number} margin in units
 */
function paint(canvas, strokes, margin = 0) {
  const context = contextOf(canvas);
  const scale = canvas.width / (SHEET + 2 * margin);
  context.setTransform(scale, 0, 0, scale, margin * scale, margin * scale);
  Object.assign(context, { fillStyle: "#fff", strokeStyle: INK, lineCap: "round", lineJoin: "round" });
  context.fillRect(-margin, -margin, SHEET + 2 * margin, SHEET + 2 * margin);
  strokes.forEach((stroke) => paintStroke(context, stroke));
}

/** @returns {CanvasRenderingContext2D} of a canvas that may show ink before the rest of the page is ready */
function contextOf(/** @type {HTMLCanvasElement} */ canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { desynchronized: true }));
}

/** @param {() => void} onChange called whenever the drawing has changed */
export function makeSheet(onChange) {
  const side = SHEET * Math.max(2, window.devicePixelRatio); // sharp on any screen
  const canvas = make("canvas", { width: side, height: side, tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Drawing sheet. By keyboard: arrow keys move the pen, space sets it down and lifts it, backspace takes the last stroke back.");
  const hint = make("span", { className: "digitkit-hint", textContent: "Draw a digit here" });
  const tip = make("span", { className: "digitkit-tip", hidden: true });
  const pen = make("select", {}, ...Object.keys(PENS).map((name) => make("option", { textContent: name, selected: name === "medium" })));
  const undo = make("button", { type: "button", textContent: "Undo" });
  const clear = make("button", { type: "button", textContent: "Clear" });
  /** @type {Stroke[]} */
  let strokes = [];
  /** @type {number | null} the pointer that draws: a palm on the screen must not */
  let pointer = null;
  /** @type {Point} where the pen of the keyboard is */
  let at = [SHEET / 2, SHEET / 2];
  let isDown = false;
  const pressed = new Set();

  function show() {
    hint.hidden = strokes.length > 0;
    undo.disabled = clear.disabled = strokes.length === 0;
    Object.assign(tip.style, { left: `${(100 * at[0]) / SHEET}%`, top: `${(100 * at[1]) / SHEET}%` });
    tip.classList.toggle("digitkit-down", isDown);
  }
  /** @param {Stroke[]} changed */
  function change(changed) {
    strokes = changed;
    isDown = false;
    paint(canvas, strokes);
    show();
    onChange();
  }
  /** A stroke that is being drawn ends here: what follows must not go on with the one before it. */
  function takeBack(/** @type {Stroke[]} */ left) {
    pointer = null;
    change(left);
    if (left.length === 0 && document.activeElement?.matches(":disabled, body")) canvas.focus(); // the buttons cannot be pressed now
  }
  /** @param {Point} point */
  function begin(point) {
    change([...strokes, { width: PENS[/** @type {keyof typeof PENS} */ (pen.value)], points: [point] }]);
  }
  /**
   * Only the new piece of a stroke is painted: at once, however much is on the sheet.
   * @param {Point[]} points
   */
  function extend(points) {
    const stroke = strokes[strokes.length - 1];
    const first = stroke.points.length;
    stroke.points.push(...points);
    paintStroke(contextOf(canvas), stroke, first);
    onChange();
  }
  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  function place(event) {
    const { left, top, width } = canvas.getBoundingClientRect();
    return [((event.clientX - left) * SHEET) / width, ((event.clientY - top) * SHEET) / width];
  }
  /** @param {PointerEvent} event */
  function lift(event) {
    if (event.pointerId === pointer) pointer = null;
  }

  // Pointer events are one path for mouse, finger and pen; the capture keeps a stroke that leaves the sheet.
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointer !== null) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    begin(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer || !strokes.length) return;
    const passed = event.getCoalescedEvents?.() ?? []; // every point since the last frame, not only the last of them
    extend((passed.length ? passed : [event]).map(place));
  });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("lostpointercapture", lift);

  // Two arrow keys at once move the pen aslant; with Shift it moves in small steps.
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      if (event.repeat || pointer !== null) return event.preventDefault(); // held down, or a finger is drawing
      if (isDown) isDown = false;
      else {
        begin(at);
        isDown = true;
      }
    } else if (event.key === "Backspace") takeBack(strokes.slice(0, -1));
    else if (event.key in KEYS) {
      pressed.add(event.key);
      for (const key of pressed) {
        const step = KEYS[/** @type {keyof typeof KEYS} */ (key)];
        at = /** @type {Point} */ (at.map((value, axis) => Math.min(Math.max(value + step[axis] * (event.shiftKey ? 3 : 12), 0), SHEET)));
      }
      if (isDown) extend([at]);
    } else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("keyup", (event) => pressed.delete(event.key));
  canvas.addEventListener("focus", () => (tip.hidden = !canvas.matches(":focus-visible")));
  canvas.addEventListener("blur", () => {
    tip.hidden = true;
    pressed.clear();
  });
  undo.addEventListener("click", () => takeBack(strokes.slice(0, -1)));
  clear.addEventListener("click", () => takeBack([]));
  paint(canvas, strokes);
  show();

  return {
    element: make("div", { className: "digitkit-sheet" }, canvas, hint, tip),
    tools: make("div", { className: "digitkit-tools" }, undo, clear, make("label", {}, "Pen ", pen)),
    wipe() {
      pointer = null;
      strokes = [];
      paint(canvas, strokes);
      show();
    },
    /** @returns {Point} where the last stroke ends, in pixels of the drawing as it is read */
    penAt() {
      const [x, y] = strokes[strokes.length - 1].points.slice(-1)[0];
      const scale = DRAWING / (SHEET + 2 * MARGIN);
      return [(x + MARGIN) * scale, (y + MARGIN) * scale];
    },
    /** @returns {HTMLCanvasElement | null} the drawing as it is read, null for a blank sheet */
    drawing() {
      if (!strokes.length) return null;
      const small = make("canvas", { width: DRAWING, height: DRAWING });
      small.getContext("2d", { willReadFrequently: true });
      paint(small, strokes, MARGIN);
      return small;
    },
  };
}
