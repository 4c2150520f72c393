// A network at work, or two side by side: Python sends 28×28 pixels, everything else is computed here.

import { make } from "../../page/static/sheet.js";
import { activations, inputOf } from "../../page/static/network.js";
import { networkFrom } from "../../page/static/weights.js";
import { makeLiveLayers } from "../../page/static/live_layers.js";

const NOTHING = new Uint8Array(784);
const NOTE =
  "Choose a map to see it large, and a value in it to see where it comes from. Colours are on one scale within a layer, " +
  "not between layers. Maps, rows, columns and values are counted from 0.";

// A copy, because numbers of 16 or 32 bits can only be read where their buffer begins.
function ownBytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

function makeNetwork({ name, header, words, weights }, isAlone) {
  const network = networkFrom(header, ownBytes(weights));
  const layers = makeLiveLayers(network, words);
  const section = make("section", { className: "digitkit-network" }, layers.element);
  if (!isAlone) section.prepend(make("h2", { textContent: name }));
  section.setAttribute("aria-label", `Layer by layer: ${name}`);
  return { section, layers, follow: (image) => layers.show([inputOf(image), ...activations(network, image)]) };
}

function render({ model, el }) {
  const waiting = make("p", { textContent: "The network is on its way …" });
  const place = make("div", { className: "digitkit-networks" }, waiting);
  el.append(make("p", { className: "digitkit-layers-note", textContent: NOTE }), place);
  let networks = [];
  let isOld = true; // whether another digit has come since it was painted

  function follow() {
    isOld = !inSight.size;
    if (isOld) return; // nobody would see it: the ink of a sheet on the same page must not wait for it
    const sent = model.get("image");
    const image = sent.byteLength ? ownBytes(sent) : NOTHING;
    networks.forEach((network) => network.follow(image));
  }
  function build() {
    const sent = model.get("networks");
    if (!sent.length) return;
    networks = sent.map((one) => makeNetwork(one, sent.length === 1));
    place.replaceChildren(...networks.map(({ section }) => section));
    isOld = true; // they are painted as soon as they are seen
    networks.forEach(({ layers }) => [...layers.element.children].forEach((card) => watch.observe(card)));
  }
  const inSight = new Set();
  const watch = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) isIntersecting ? inSight.add(target) : inSight.delete(target);
      if (inSight.has(waiting) && !model.get("asked")) {
        model.set("asked", true); // networks are large, and most visitors of a panel never scroll down to them
        model.save_changes();
      } else if (networks.length && isOld) follow();
    },
    { rootMargin: "300px" },
  );
  watch.observe(waiting);
  model.on("change:networks", build);
  model.on("change:image", follow);
  build();
  return () => {
    watch.disconnect();
    model.off("change:networks", build);
    model.off("change:image", follow);
  };
}

export default { render };
