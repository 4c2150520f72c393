// Turns the pages: arrow keys, space, a presenter's remote (page keys), a click or a tap. The address keeps the place.
const slides = [...document.querySelectorAll("section")];
let at = 0;

function show(number) {
  at = Math.min(Math.max(number || 0, 0), slides.length - 1);
  slides.forEach((slide, index) => slide.classList.toggle("shown", index === at));
  slides[at].focus({ preventScroll: true }); // a screen reader reads the new slide
  document.getElementById("place").textContent = `${at + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${at + 1}`);
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1 };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key in STEPS) show(at + STEPS[event.key]);
  else if (event.key === "Home") show(0);
  else if (event.key === "End") show(slides.length - 1);
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => event.target.closest("a, summary") || show(at + 1));
window.addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1));
document.body.classList.add("turning");
show(Number(location.hash.slice(1)) - 1);
