// Makes charts interactive: loads plotly.js once, from this site, when a reader comes near a chart.
//
// A chart is `<div class="chart" data-figure="….json" data-traces="bar scatter">` around a `.chart-picture` with its static
// drawings. plotly draws over the drawing that is shown, at the same size, so nothing on the page moves. If anything fails,
// the picture stays, and the next event tries again.
//
// When: a chart that comes near the window is loaded in the background, as soon as the page is loaded, painted and idle.
// One that a reader points at, focuses or taps is loaded at once. For readers who save data, or have a very slow
// connection, only a tap, a click or the Enter key loads it.
//
// From where: `data-plotly` of this script's tag has the address of plotly.js for each kind of chart on the page, and
// `data-outlines` that of the outlines of maps, so that nothing is loaded from other sites. `chart.figure()`, of
// `reading.js`, gives the figure.
//
// Animations, sliders and menus work as plotly's own. A title that one of them sets becomes the page's title of the chart.
//
// Colours: a figure names colours of the palette (`--chart-1`, or `--chart-1/0.5` for half opacity). Each becomes the
// value that the style sheet has now, and again when the reader's setting changes. The font is the page's.

const NEAR = "600px 0px";
const own = document.querySelector("script[data-plotly]").dataset;
const outlines = new URL(own.outlines, document.baseURI).href;
const connection = navigator.connection ?? {};
const frugal = connection.saveData || /2g/.test(connection.effectiveType) || matchMedia("(prefers-reduced-data: reduce)").matches;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const libraries = new Map();
const live = new Map();
let loading = Promise.resolve();

// plotly.js writes `style` attributes, which the policy refuses. It allows the same text through the style property.
function styleByProperty() {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  // plotly.js writes no style sheet, which the policy refuses too, if it finds this element.
  const styled = document.createElement("meta");
  styled.id = "plotly.js-style-global";
  styled.className = "no-inline-styles";
  document.head.append(styled);
}

// The whole bundle would also add the style sheet of its tiled maps.
function withoutStyleSheets(script) {
  const { head } = document;
  head.appendChild = (node) => (node instanceof HTMLStyleElement ? node : Node.prototype.appendChild.call(head, node));
  for (const end of ["load", "error"]) script.addEventListener(end, () => delete head.appendChild);
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    withoutStyleSheets(script);
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no Plotly")));
    script.onerror = () => reject(new Error(`no ${address}`));
    document.head.append(script);
  });
}

// One after the other, since each bundle puts itself into the same variable.
function plotly(address) {
  if (!libraries.size) styleByProperty();
  if (!libraries.has(address)) {
    const library = loading.then(() => load(address));
    loading = library.catch(() => libraries.delete(address));
    libraries.set(address, library);
  }
  return libraries.get(address);
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  return { family: value("--sans"), colour: (name, part) =>
    value(name) + (part ? Math.round(part * 255).toString(16).padStart(2, "0") : "") };
}

function withColours(value, colours) {
  if (typeof value === "string") {
    const [, name, part] = /^(--chart-[\w-]+)(?:\/([\d.]+))?$/.exec(value) ?? [];
    return name ? colours.colour(name, part) : value;
  }
  if (Array.isArray(value)) return value.map((item) => withColours(item, colours));
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [key, key === "family" ? colours.family : withColours(item, colours)]));
}

// The figure at the size of its picture, in the phone's form if that drawing is the one shown.
function fitted(figure, picture) {
  const narrow = picture.querySelector(".chart-narrow")?.checkVisibility() ? figure.phone : {};
  const layout = { xaxis: {}, yaxis: {}, ...figure.layout, ...narrow.layout };
  const fixed = Object.entries(layout).map(([name, part]) =>
    /^[xy]axis/.test(name) && !part.rangeslider?.visible && !part.rangeselector ? [name, { ...part, fixedrange: true }]
    : /^scene/.test(name) ? [name, { dragmode: "turntable", ...part }] : [name, part]);
  const colours = palette();
  return {
    data: withColours(narrow.data ?? figure.data, colours),
    frames: withColours(narrow.frames ?? figure.frames, colours),
    config: CONFIG,
    layout: { ...withColours(Object.fromEntries(fixed), colours), title: undefined, autosize: false,
              width: picture.clientWidth, height: picture.clientHeight, dragmode: false,
              ...(still.matches && { transition: { duration: 0 } }) },
  };
}

// The title that a menu or a slider has set, in the place of the page's own.
function showTitle(chart, { layout }) {
  const head = chart.querySelector(".chart-title");
  const text = layout.title?.text ?? layout.title;
  if (head && typeof text === "string" && text) head.textContent = text.replace(/<[^<>]+>/g, " ");
}

const CONFIG = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false, showTips: false,
                 topojsonURL: outlines };

// Shows the label of a point that is read by keyboard, on charts that can show one without a pointer.
function mark(Plotly, target, point) {
  const picture = target.parentElement;
  const { xaxis, yaxis, geo } = (point && target._fullData[point.trace]) ?? {};
  const subplot = geo ?? (xaxis && xaxis + yaxis);
  try {
    if (subplot) Plotly.Fx.hover(target, [{ curveNumber: point.trace, pointNumber: point.point }], subplot);
    else Plotly.Fx.unhover(target);
  } catch { /* the text over the picture has the value */ }
  picture.classList.toggle("is-marked", Boolean(point && target.querySelector(".hovertext")));
}

async function draw(chart) {
  await painted;
  const picture = chart.querySelector(".chart-picture");
  const [Plotly, figure] = await Promise.all([plotly(JSON.parse(own.plotly)[chart.dataset.traces]), chart.figure()]);
  const target = document.createElement("div");
  target.className = "chart-live";
  target.setAttribute("aria-hidden", "true"); // screen readers have the picture's text and the table
  picture.append(target);
  const redraw = () => Plotly.react(target, fitted(figure, picture));
  try {
    await redraw();
  } catch (error) {
    target.remove();
    throw error;
  }
  picture.classList.add("is-live");
  live.set(chart, redraw);
  for (const event of ["plotly_update", "plotly_relayout"]) target.on(event, () => showTitle(chart, target));
  const point = () => mark(Plotly, target, chart.point);
  chart.addEventListener("chart-point", point);
  point();
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
  draw(chart).catch((error) => {
    delete chart.dataset.started;
    console.info("The chart stays a picture:", error);
  });
}

// Resolves when the page has been painted.
const painted = new Promise((resolve) => {
  new PerformanceObserver((list, observer) => {
    if (!list.getEntriesByName("first-contentful-paint").length) return;
    observer.disconnect();
    resolve();
  }).observe({ type: "paint", buffered: true });
});

// Waits until the page is also loaded and idle.
async function quiet() {
  await painted;
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  await new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve));
}

function watch(chart) {
  for (const event of frugal ? ["click"] : ["click", "pointerenter", "focusin"]) {
    chart.querySelector(".chart-picture").addEventListener(event, () => start(chart));
  }
  chart.addEventListener("chart-point", ({ detail }) => { chart.point = detail; });
  chart.addEventListener("keydown", ({ key, target }) => {
    if (key === "Enter" && target.matches(".chart-picture *")) start(chart);
  });
}

async function watchForNear(charts) {
  await quiet();
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
function begin(root) {
  const charts = [...root.querySelectorAll(".chart[data-figure]")].filter((chart) => chart.querySelector(".chart-picture"));
  charts.forEach(watch);
  if (!frugal) watchForNear(charts);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
