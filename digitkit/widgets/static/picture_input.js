// The way in for digits: draw one, or choose, drop, paste or photograph a picture of some.
// Ink appears at once, whatever the kernel does. A picture is shrunk before it is sent, because a notebook server
// silently drops any message over 10 MB, and a phone photo can be larger than that.

import { make, makeSheet } from "../../page/static/sheet.js";

const LONGEST_SIDE = 1600; // pixels of a picture; the kernel works on 1000
const LARGEST_MESSAGE = 8_000_000; // bytes, safely below the server's limit of 10 MB
const REST = 450; // milliseconds without a change: the drawing is done for now, its steps may be shown
const PATIENCE = 1500; // milliseconds without an answer, after which the learner is told that the kernel is busy
const BUSY = "The computer is busy. Your ink is kept and will be read.";
const GONE = "The notebook was restarted or has ended: run this cell again, or load the page again.";
const CUT = "There is no connection to the computer that reads. If it does not come back, load the page again.";

// ── The drawing ──────────────────────────────────────────────────────────────────────────────────────────────────

// Not by toBlob, which waits up to a second for a moment without work: there is none while a pen moves.
function sketchOf(drawing) {
  const letters = drawing ? atob(drawing.toDataURL("image/png").split(",")[1]) : "";
  return new DataView(Uint8Array.from(letters, (letter) => letter.charCodeAt(0)).buffer);
}

/** Whether the way to the kernel is broken, as far as the page knows. */
function isCut(model) {
  const status = model.widget_manager?.kernel?.connectionStatus;
  return status !== undefined && status !== "connected";
}

// At most one drawing is on its way to the kernel. Meanwhile only the newest waits, so no queue can grow.
// The sheet carries the numbers of the drawings that were sent and read, so that pen to answer can be timed.
function makeLive(model, sheet, say, onWait) {
  let waiting = false;
  let sent = null; // the number of the drawing that is on its way
  let resting, impatient;

  function next() {
    if (!waiting || sent !== null) return;
    waiting = false;
    sent = model.get("sketches") + 1;
    sheet.element.dataset.sent = sent;
    // The kernel may be about to wipe this sheet: it is told which one the sketch is on.
    model.set({ sketch: sketchOf(sheet.drawing()), sketches: sent, sketched: model.get("wipes") });
    model.save_changes();
    impatient = setTimeout(() => {
      say(isCut(model) ? CUT : BUSY);
      onWait(true);
    }, PATIENCE);
  }
  function rest() {
    if (waiting || sent !== null) {
      resting = setTimeout(rest, REST);
      return;
    }
    model.set("rests", model.get("rests") + 1);
    model.save_changes();
  }
  function answered() {
    if (sent === null || model.get("sketches_read") < sent) return;
    sheet.element.dataset.read = sent;
    sent = null;
    clearTimeout(impatient);
    if (model.get("read") >= model.get("count")) {
      onWait(false); // else a picture is on its way
      say("");
    }
    next();
  }
  model.on("change:sketches_read", answered);

  return {
    changed() {
      waiting = true;
      clearTimeout(resting);
      resting = setTimeout(rest, REST);
      next();
    },
    stop() {
      waiting = false;
      clearTimeout(resting);
    },
    end() {
      clearTimeout(resting);
      clearTimeout(impatient);
      model.off("change:sketches_read", answered);
    },
  };
}

// ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────

function toBlob(canvas, type) {
  return new Promise((resolve) => canvas.toBlob(resolve, type, 0.92));
}

async function asView(blob) {
  return new DataView(await blob.arrayBuffer());
}

function drawnOn(source, width, height) {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  const canvas = make("canvas", { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function shrink(file) {
  // "from-image" turns the picture upright as its EXIF data says; the pixels that come out need no turning.
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = drawnOn(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  // JPEG cannot hold transparency, so only what came as JPEG leaves as JPEG.
  return toBlob(canvas, file.type === "image/jpeg" ? "image/jpeg" : "image/png");
}

async function asItIs(file) {
  if (file.size > LARGEST_MESSAGE) {
    const megabytes = Math.round(file.size / 1e6);
    throw new Error(`“${file.name}” has ${megabytes} MB, and a plain upload takes 8 at most: use “Choose a picture”, which makes it smaller.`);
  }
  return asView(file);
}

async function toBytes(file) {
  let blob = file;
  try {
    blob = await shrink(file);
  } catch {
    // The browser cannot open it (TIFF, HEIC, no picture at all): the kernel may, or says what is wrong.
    if (file.size > LARGEST_MESSAGE) {
      const megabytes = Math.round(file.size / 1e6);
      throw new Error(`This browser cannot open “${file.name}”, and at ${megabytes} MB it is too big to send: use a JPEG or PNG picture.`);
    }
  }
  return asView(blob);
}

// ── The camera ───────────────────────────────────────────────────────────────────────────────────────────────────

async function hasCamera() {
  // Lists the devices without asking for any. Browsers hide them from pages that are neither local nor encrypted.
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []);
  return (devices ?? []).some((device) => device.kind === "videoinput");
}

// The camera runs only between "Take a photo" and "Take the picture" or "Cancel", and its light goes out at once.
function makeCamera(sheet, onPhoto, onFailure) {
  const video = make("video", { muted: true, playsInline: true, autoplay: true });
  video.setAttribute("aria-label", "What the camera sees");
  const take = make("button", { type: "button", className: "digitkit-first-choice", textContent: "Take the picture" });
  const cancel = make("button", { type: "button", textContent: "Cancel" });
  const view = make("div", { className: "digitkit-camera", hidden: true }, video, make("div", { className: "digitkit-tools" }, take, cancel));
  sheet.append(view); // over the sheet, so that nothing moves
  let stream = null;

  function close() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    view.hidden = true;
  }
  async function open() {
    try {
      stream ??= await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: LONGEST_SIDE } } });
    } catch {
      onFailure();
      return;
    }
    video.srcObject = stream;
    view.hidden = false;
    take.focus();
  }
  take.addEventListener("click", async () => {
    if (!video.videoWidth) return; // the first picture has not come yet
    const canvas = drawnOn(video, video.videoWidth, video.videoHeight);
    close();
    onPhoto(await toBlob(canvas, "image/jpeg"));
  });
  cancel.addEventListener("click", close);
  return { open, close };
}

// ── The widget ───────────────────────────────────────────────────────────────────────────────────────────────────

function saveFile(content, name) {
  const address = URL.createObjectURL(new Blob([content]));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // some browsers fetch it later
}

// Whatever is shown twice must not be saved twice: the model saves, not its views.
function initialize({ model }) {
  const download = () => saveFile(model.get("file"), model.get("file_name"));
  model.on("change:files", download);
  return () => model.off("change:files", download);
}

function render({ model, el }) {
  const choose = make("button", { type: "button", className: "digitkit-first-choice", textContent: "Choose a picture" });
  const photograph = make("button", { type: "button", textContent: "Take a photo", hidden: true });
  const plain = make("button", { type: "button", className: "digitkit-unchanged", textContent: "Plain upload", title: "Sends the file as it is, up to 8 MB; “Choose a picture” makes it smaller first." });
  const tip = make("span", { textContent: "or drop it here, or paste it (Ctrl+V)" });
  const chooser = make("input", { type: "file", accept: "image/*", hidden: true });
  const unchanged = make("input", { type: "file", accept: "image/*", hidden: true });
  const phone = make("input", { type: "file", accept: "image/*", capture: "environment", hidden: true });
  const status = make("div", { className: "digitkit-status" });
  const spoken = make("div", { className: "digitkit-spoken" });
  for (const live of [status, spoken]) live.setAttribute("role", "status"); // read out when it changes

  let isGone = false; // the kernel that answered is not there any more
  const say = (text) => (status.textContent = isGone ? GONE : text);
  const mark = (name, holds) => el.closest(".digitkit-panel")?.classList.toggle(name, holds);
  const waits = (holds) => mark("digitkit-waiting", holds);
  const sheet = makeSheet(() => (isGone ? mark("digitkit-stale", true) : live.changed()));
  const live = makeLive(model, sheet, say, waits);
  const [image, frames] = [make("div"), make("div", { className: "digitkit-frames" })];
  const picture = make("div", { className: "digitkit-picture" }, image, frames);
  const draw = make("button", { type: "button", textContent: "Draw instead" });
  const cover = make("div", { className: "digitkit-cover", hidden: true }, picture, draw);
  sheet.element.append(cover);
  const ways = make("div", { className: "digitkit-drop" }, choose, photograph, plain, tip, chooser, unchanged, phone);
  const zone = make("div", { className: "digitkit-input" }, sheet.element, sheet.tools, ways, status, spoken);
  el.append(zone);

  async function send(file, name = file?.name, prepared = toBytes) {
    if (!file) return;
    if (isGone) return mark("digitkit-stale", true);
    say(`Reading ${name || "the pasted picture"} …`);
    waits(true);
    try {
      const content = await prepared(file);
      live.stop();
      model.set({ content, name: name || "pasted picture", count: model.get("count") + 1 });
      model.save_changes();
      setTimeout(() => model.get("read") < model.get("count") && isCut(model) && say(CUT), PATIENCE);
    } catch (error) {
      waits(false);
      say(error.message);
    }
  }
  function wasRead() {
    if (model.get("read") < model.get("count")) return;
    waits(false);
    say("");
    comeIntoSight();
  }

  // A phone that may not show its camera here (a page without https) still has its own camera app.
  const onPhone = window.matchMedia("(pointer: coarse)").matches;
  const camera = makeCamera(
    sheet.element,
    (photo) => send(photo, "photo"),
    () => (onPhone ? phone.click() : say("The camera cannot be used: allow it in the browser, or choose a picture.")),
  );
  hasCamera().then((found) => {
    photograph.hidden = !found && !onPhone;
    photograph.addEventListener("click", () => (found ? camera.open() : phone.click()));
  });

  const pictureIn = (items) => [...(items?.files ?? [])][0];
  choose.addEventListener("click", () => chooser.click());
  plain.addEventListener("click", () => unchanged.click());
  for (const input of [chooser, unchanged, phone]) {
    input.addEventListener("change", () => {
      const [file] = input.files;
      input === unchanged ? send(file, file?.name, asItIs) : send(file);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("digitkit-over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("digitkit-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("digitkit-over");
    const file = pictureIn(event.dataTransfer);
    if (file) send(file);
    else say("That was not a file: drop a picture file, or save the picture first.");
  });
  // A paste goes to the element that has the focus; while the mouse is over the panel it is meant for the panel.
  const onPaste = (event) => {
    const file = pictureIn(event.clipboardData);
    if (!file || !(zone.matches(":hover") || zone.contains(document.activeElement))) return;
    event.preventDefault();
    event.stopPropagation();
    send(file);
  };
  document.addEventListener("paste", onPaste, true);

  picture.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-choose]");
    if (!button) return;
    model.set({ box: Number(button.dataset.choose), boxes: model.get("boxes") + 1 });
    model.save_changes();
  });
  const canvas = sheet.element.querySelector("canvas");
  function show(isCovered) {
    cover.hidden = !isCovered;
    canvas.inert = isCovered;
  }
  draw.addEventListener("click", () => {
    show(false);
    live.changed(); // the sheet below is blank, and an answer is due to that
    canvas.focus();
  });
  // The button that was pressed may be far below what is to be seen now, as on a phone.
  function comeIntoSight() {
    const panel = el.closest(".digitkit-panel");
    if (panel?.getBoundingClientRect().top < 0) panel.scrollIntoView();
  }

  const changes = {
    "change:wipes": () => {
      live.stop();
      sheet.wipe();
      comeIntoSight();
    },
    "change:spoken": () => (spoken.textContent = model.get("spoken")),
    "change:read": wasRead,
    "change:shown": () => {
      image.innerHTML = model.get("shown");
      show(model.get("shown") !== "");
    },
    "change:frames": () => (frames.innerHTML = model.get("frames")),
    // The kernel was restarted or has ended: ipywidgets then marks what it shows.
    comm_live_update: () =>
      setTimeout(() => {
        isGone = el.closest(".jupyter-widgets-disconnected") !== null;
        waits(false);
        say("");
      }),
  };
  for (const [event, react] of Object.entries(changes)) model.on(event, react);
  changes["change:spoken"]();
  changes["change:shown"]();
  changes["change:frames"]();
  return () => {
    document.removeEventListener("paste", onPaste, true);
    for (const [event, react] of Object.entries(changes)) model.off(event, react);
    live.end();
    camera.close();
  };
}

export default { initialize, render };
