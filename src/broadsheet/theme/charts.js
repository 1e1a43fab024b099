// What charts of a site have beside their answers (plotly_alive's alive.js stands before this in the file that readers
// load): the values are a file, fetched once, when a reader comes to the chart (`data-values`).
//
// Steps (`.steps`, each `.step` with a `.step-text` and a `.step-figure`) show the drawing of the one that is read.
//
// "Explore", under a chart, loads figures.js, which loads plotly.js; the event `chart-point` then makes its chart show the
// label of a value. Addresses and texts are in the data of this script's tag.

const own = document.querySelector("script[data-explore]").dataset;
const words = JSON.parse(own.words);

async function fetched(address) {
  const answer = await fetch(address);
  if (answer.ok) return answer.json();
  throw new Error(`${answer.status} ${address}`);
}

function started(chart) {
  const { values } = chart.dataset;
  const message = alive(chart, words, values && (() => fetched(values)));
  explorable(chart, chart.querySelector(":scope > .chart-picture"), message);
}

function explorable(chart, picture, message) {
  const button = chart.querySelector(".chart-explore button");
  if (!button) return;
  async function explore() {
    if (button.ariaBusy === "true") return;
    button.setAttribute("aria-busy", "true");
    message.textContent = "";
    hide();
    try {
      const { explore: start } = await import(new URL(own.explore, document.baseURI));
      button.setAttribute("aria-pressed", await start(chart));
    } catch (error) {
      console.info("The chart stays a picture:", error);
      message.textContent = words.unexplored;
    }
    button.removeAttribute("aria-busy");
  }
  button.addEventListener("click", explore);
  if ("pointing" in chart.dataset) return;
  picture.addEventListener("click", () => !picture.classList.contains("is-live") && explore());
  picture.addEventListener("keydown", ({ key }) => key === "Enter" && !picture.classList.contains("is-live") && explore());
}

// ---- Steps

// Of the steps of a figure, the one that is read shows its drawing: the last whose text has come into the part of the
// window below the drawings, or the one that has the focus.
function stepped(steps) {
  const parts = [...steps.querySelectorAll(":scope > .step:has(> .step-figure)")];
  const read = (part) => parts.forEach((one) => one.classList.toggle("is-read", one === part));
  const inView = new Set();
  const watcher = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) inView[isIntersecting ? "add" : "delete"](target.parentNode);
    const part = parts.findLast((one) => inView.has(one));
    if (part) read(part);
  }, { rootMargin: "0px 0px -35% 0px" });
  for (const part of parts) {
    watcher.observe(part.querySelector(":scope > .step-text"));
    part.addEventListener("focusin", () => read(part));
  }
}

function begin(root) {
  root.querySelectorAll(".steps").forEach(stepped);
  root.querySelectorAll(".chart[data-figure]:has(> .chart-picture)").forEach(started);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
