// Shows HTML that comes from the kernel, and says which part of it was chosen, by mouse or by keyboard:
// a button with data-choose (with data-toggle, arrow keys go to the next one without choosing it), or a place in a grid (data-pick, data-rows, data-columns; data-row, data-column: where it is now).

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function render({ model, el }) {
  const picture = document.createElement("div");
  picture.className = "digitkit-clickable";
  const status = document.createElement("p");
  status.className = "digitkit-clickable-status";
  status.setAttribute("role", "status"); // stays in the page, so that each new sentence is read out
  el.append(status, picture);

  function choose(...words) {
    model.set({ chosen: words.join(" "), count: model.get("count") + 1 });
    model.save_changes();
  }

  let place = {}; // remembered here, because a held key is faster than the kernel's answers

  function pick(grid, row, column) {
    place = { row: Math.min(Math.max(row, 0), grid.dataset.rows - 1), column: Math.min(Math.max(column, 0), grid.dataset.columns - 1) };
    Object.assign(grid.dataset, place);
    choose(grid.dataset.pick, place.row, place.column);
  }

  picture.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    const grid = event.target.closest("[data-pick]");
    if (button) {
      choose(button.dataset.choose);
    } else if (grid) {
      const { left, top, width, height } = grid.getBoundingClientRect();
      const row = Math.floor(((event.clientY - top) / height) * grid.dataset.rows);
      pick(grid, row, Math.floor(((event.clientX - left) / width) * grid.dataset.columns));
    }
  });

  picture.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    const grid = event.target.closest("[data-pick]");
    const button = event.target.closest("[data-choose]");
    if (grid) {
      pick(grid, Number(grid.dataset.row) + step[0], Number(grid.dataset.column) + step[1]);
    } else if (button) {
      const buttons = [...picture.querySelectorAll("[data-choose]")];
      const next = buttons[buttons.indexOf(button) + step[0] + step[1]];
      if (next) {
        next.focus();
        if (!("toggle" in next.dataset)) choose(next.dataset.choose);
      }
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the notebook would move to another cell
  });

  function draw() {
    const { pick: grid, choose: button } = picture.contains(document.activeElement) ? document.activeElement.dataset : {};
    picture.innerHTML = model.get("html");
    const again = picture.querySelector(grid ? `[data-pick="${grid}"]` : `[data-choose="${button}"]`);
    again?.focus({ preventScroll: true });
    if (grid && again && model.get("answered") < model.get("count")) Object.assign(again.dataset, place); // an older answer
  }

  function say() {
    status.textContent = model.get("status");
  }

  model.on("change:html", draw);
  model.on("change:status", say);
  draw();
  say();
}

export default { render };
