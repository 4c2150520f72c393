// Keeps keys for the control that they are pressed on: JupyterLab would take the arrow keys to move between its cells.
function render({ el }) {
  const keep = () => {
    const box = el.closest(".widget-vbox"); // the one that holds this widget and its neighbours
    if (box) box.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
    else if (!el.isConnected) requestAnimationFrame(keep); // not in the page yet
  };
  keep();
}
export default { render };
