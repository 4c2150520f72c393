// A slider with a name, made of the browser's own range input: arrow keys, touch and screen readers work by themselves.
function render({ model, el }) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  const input = document.createElement("input");
  const shown = document.createElement("span");
  label.className = "digitkit-slider";
  name.textContent = model.get("label");
  input.type = "range";
  shown.ariaHidden = "true"; // the input says it already
  for (const setting of ["min", "max", "step"]) {
    input[setting] = model.get(setting);
    model.on(`change:${setting}`, () => (input[setting] = model.get(setting)));
  }
  const show = () => {
    input.value = model.get("value");
    const text = `${Number(model.get("value").toFixed(2))}${model.get("unit")}`;
    shown.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", () => {
    model.set("value", Number(input.value));
    model.save_changes();
  });
  model.on("change:value", show);
  show();
  label.append(name, input, shown);
  el.append(label);
}
export default { render };
