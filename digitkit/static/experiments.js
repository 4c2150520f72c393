// Keeps keys for the experiment that they are pressed in: JupyterLab would take the arrow keys to move between cells.
function render({ el }) {
  const keep = () => {
    const experiment = el.closest(".digitkit-experiment");
    if (experiment) experiment.dataset.lmSuppressShortcuts = "true";
    else if (!el.isConnected) requestAnimationFrame(keep); // not in the page yet
  };
  keep();
}
export default { render };
