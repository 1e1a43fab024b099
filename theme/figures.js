// Charts that answer to the reader: plotly.js is loaded once, from this site, when a reader comes near a chart.
//
// A chart is `<div class="chart" data-figure="….json">` around a `.chart-picture` with its static drawings. The drawing
// that is shown gives the place and the proportions; plotly draws over it, so nothing on the page moves. Whatever
// fails, the picture stays. With "save data" on, a chart waits until the reader touches it.
//
// Colours: a figure has the light values of the palette; here each becomes what `--chart-…` is at this moment, and
// again when the reader's setting changes. The type is the page's.

const PALETTE = ["paper", "ink", "muted", "grid", "axis", "1", "2", "3", "4", "5", "1-text", "2-text", "3-text",
                 "4-text", "5-text"];
const LIGHT = Object.fromEntries([
  ["#fdfcf9", "paper"], ["#1b1a17", "ink"], ["#5c5a54", "muted"], ["#e4e1d9", "grid"], ["#6f6d66", "axis"],
  ["#b3262a", "1"], ["#2b5a94", "2"], ["#bd7b10", "3"], ["#8f8d87", "4"], ["#4a1e52", "5"],
  ["#8a5906", "3-text"], ["#66645e", "4-text"],
]);
const NARROW = 640;
const NEAR = "600px 0px";
const dark = matchMedia("(prefers-color-scheme: dark)");
const live = new Map();
let library;

// plotly.js writes `style` attributes, which the policy refuses; the same text through the style property it allows.
function styleByProperty() {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}

// The bundle also brings the style sheet of its maps, which no chart here uses.
function withoutStyleSheets(script) {
  const { head } = document;
  head.appendChild = (node) => (node instanceof HTMLStyleElement ? node : Node.prototype.appendChild.call(head, node));
  for (const end of ["load", "error"]) script.addEventListener(end, () => delete head.appendChild);
}

function plotly() {
  library ??= new Promise((resolve, reject) => {
    styleByProperty();
    // plotly.js asks for this element before it writes a style sheet of its own, which the site's policy refuses.
    const styled = document.createElement("meta");
    styled.id = "plotly.js-style-global";
    styled.className = "no-inline-styles";
    const script = document.createElement("script");
    script.src = document.querySelector("script[data-plotly]").dataset.plotly;
    withoutStyleSheets(script);
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly")));
    script.onerror = reject;
    document.head.append(styled, script);
  });
  return library;
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  return { family: value("--sans"), ...Object.fromEntries(PALETTE.map((name) => [name, value(`--chart-${name}`)])) };
}

function coloured(value, colours) {
  if (typeof value === "string") {
    return LIGHT[value.toLowerCase()] ? colours[LIGHT[value.toLowerCase()]] : value;
  }
  if (Array.isArray(value)) return value.map((item) => coloured(item, colours));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) =>
      [key, key === "family" ? colours.family : coloured(item, colours)]));
  }
  return value;
}

function layoutFor(figure, colours, box) {
  const layout = coloured(figure.layout ?? {}, colours);
  const narrow = box.width < NARROW;
  const axes = Object.fromEntries(Object.entries({ xaxis: {}, yaxis: {}, ...layout })
    .filter(([name]) => /^[xy]axis/.test(name))
    .map(([name, axis]) => {
      const few = narrow && name.startsWith("x") && !("tickvals" in axis || "dtick" in axis) ? { nticks: 5 } : {};
      return [name, { ...few, ...axis, fixedrange: true }];
    }));
  return { ...layout, ...axes, title: undefined, width: box.width, height: box.height, autosize: false };
}

async function draw(chart) {
  const picture = chart.querySelector(".chart-picture");
  const [Plotly, figure] = await Promise.all([plotly(), fetch(chart.dataset.figure).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status} ${chart.dataset.figure}`);
    return answer.json();
  })]);
  const target = document.createElement("div");
  target.className = "chart-live";
  target.setAttribute("aria-hidden", "true"); // the picture's text and the table are what is read aloud
  picture.append(target);
  const size = () => ({ width: picture.clientWidth, height: picture.clientHeight });
  const redraw = () => {
    const colours = palette();
    return Plotly.react(target, coloured(figure.data, colours), layoutFor(figure, colours, size()),
                        { displayModeBar: false, responsive: false, scrollZoom: false, showTips: false });
  };
  try {
    await redraw();
  } catch (error) {
    target.remove();
    throw error;
  }
  picture.classList.add("is-live");
  live.set(chart, redraw);
  let width = picture.clientWidth;
  new ResizeObserver(() => {
    if (picture.clientWidth !== width) {
      width = picture.clientWidth;
      redraw();
    }
  }).observe(picture);
}

function start(chart) {
  if (chart.dataset.started) return;
  chart.dataset.started = "yes";
  draw(chart).catch((error) => console.info("The chart stays a picture:", error));
}

function watch(charts) {
  if (navigator.connection?.saveData) {
    for (const chart of charts) {
      for (const wish of ["pointerenter", "click", "focusin"]) {
        chart.addEventListener(wish, () => start(chart), { once: true });
      }
    }
    return;
  }
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      observer.unobserve(entry.target);
      start(entry.target);
    }
  }, { rootMargin: NEAR });
  charts.forEach((chart) => observer.observe(chart));
}

dark.addEventListener("change", () => live.forEach((redraw) => redraw()));
addEventListener("beforeprint", () => document.querySelectorAll(".chart-picture").forEach((picture) =>
  picture.classList.remove("is-live")));
addEventListener("afterprint", () => live.forEach((_, chart) =>
  chart.querySelector(".chart-picture").classList.add("is-live")));
watch([...document.querySelectorAll(".chart[data-figure]")].filter((chart) => chart.querySelector(".chart-picture")));
