// The way in for pictures: choose, drop or paste. The browser shrinks a picture before it is sent, because a
// notebook server silently drops any message over 10 MB, and a phone photo can be larger than that.

const LONGEST_SIDE = 1600; // pixels; the kernel works on 1000
const LARGEST_MESSAGE = 8_000_000; // bytes, safely below the server's limit of 10 MB

async function shrink(file) {
  // "from-image" turns the picture upright as its EXIF data says; the pixels that come out need no turning.
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const factor = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * factor));
  canvas.height = Math.max(1, Math.round(bitmap.height * factor));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  // JPEG cannot hold transparency, so only what came as JPEG leaves as JPEG.
  const type = file.type === "image/jpeg" ? "image/jpeg" : "image/png";
  return new Promise((resolve) => canvas.toBlob(resolve, type, 0.92));
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
  return new DataView(await blob.arrayBuffer());
}

function render({ model, el }) {
  const zone = document.createElement("div");
  zone.className = "digitkit-drop";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Choose a picture";
  const hint = document.createElement("span");
  hint.textContent = "or drop it here, or paste it (Ctrl+V)";
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  input.hidden = true;
  const status = document.createElement("div");
  status.className = "digitkit-status";
  status.setAttribute("role", "status");
  zone.append(button, hint, input, status);
  el.append(zone);

  async function send(file) {
    if (!file) return;
    status.textContent = `Reading ${file.name || "the pasted picture"} …`;
    try {
      const content = await toBytes(file);
      model.set({ content, name: file.name || "pasted picture", count: model.get("count") + 1 });
      model.save_changes();
      status.textContent = "";
    } catch (error) {
      status.textContent = error.message;
    }
  }

  const pictureIn = (items) => [...(items?.files ?? [])][0];
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    send(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("digitkit-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("digitkit-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("digitkit-over");
    const file = pictureIn(event.dataTransfer);
    if (file) send(file);
    else status.textContent = "That was not a file: drop a picture file, or save the picture first.";
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
  return () => document.removeEventListener("paste", onPaste, true);
}

export default { render };
