// Lets a reader move the line between two pictures that lie on each other: by mouse, by finger, and by the arrow keys. The style
// sheet lays them so, and has the place of the slider; without this script, half of each is shown.

function movable(pair) {
  const slider = Object.assign(document.createElement("input"), { type: "range", className: "before-after-slider", step: "any" });
  slider.ariaLabel = pair.dataset.label;
  const move = () => {
    pair.style.setProperty("--at", slider.value / 100);
    slider.setAttribute("aria-valuetext", pair.dataset.value.replace("#", Math.round(slider.value)));
  };
  slider.addEventListener("input", move);
  pair.firstElementChild.after(slider);
  move();
}

const begin = (root) => root.querySelectorAll(".before-after.is-compared").forEach(movable);
begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
