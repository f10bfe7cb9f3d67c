"use strict";

// Shows and hides the lines of a strategy in all charts.
function show(series, isOn) {
  for (const line of document.querySelectorAll(`[data-series="${series}"]`)) line.classList.toggle("off", !isOn);
  for (const box of document.querySelectorAll(`[data-switch="${series}"]`)) {
    box.checked = isOn;
    box.closest("label").classList.toggle("unticked", !isOn);
  }
}

addEventListener("change", ({ target }) => {
  if (target.dataset.switch !== undefined) show(target.dataset.switch, target.checked);
});

// Measures and definitions are unfolded on paper.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details[data-paper]")) part.open = true;
});
