// Lets a reader explore a chart with plotly.js: zoom, move, select, play. charts.js loads this when a reader asks for it.
//
// A chart is `<div class="chart" data-figure="….json" data-traces="bar scatter">` around a `.chart-picture` with its static
// drawings. plotly draws over the drawing that is shown, at the same size, so nothing on the page moves. If anything fails,
// the picture stays. Asked again, the picture comes back.
//
// From where: `data-plotly` of the script's tag has the address of plotly.js for each kind of chart on the page, and
// `data-outlines` that of the outlines of maps, so that nothing is loaded from other sites. plotly.js is loaded once.
//
// A mouse drags a rectangle to zoom; a finger scrolls the page. Animations, sliders and menus work as plotly's own. A title
// that one of them sets becomes the page's title of the chart.
//
// Colours: a figure names colours of the palette (`--chart-1`, or `--chart-1/0.5` for half opacity). Each becomes the
// value that the style sheet has now, and again when the reader's setting changes. The font is the page's.

const own = document.querySelector("script[data-plotly]").dataset;
const outlines = new URL(own.outlines, document.baseURI).href;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const touched = matchMedia("(hover: none)");
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
    touched.matches && /^[xy]axis/.test(name) && !part.rangeslider?.visible && !part.rangeselector ? [name, { ...part, fixedrange: true }]
    : /^scene/.test(name) ? [name, { dragmode: "turntable", ...part }] : [name, part]);
  const colours = palette();
  return {
    data: withColours(narrow.data ?? figure.data, colours),
    frames: withColours(narrow.frames ?? figure.frames, colours),
    config: { ...CONFIG, displayModeBar: !touched.matches },
    layout: { ...withColours(Object.fromEntries(fixed), colours), title: undefined, autosize: false,
              width: picture.clientWidth, height: picture.clientHeight, dragmode: touched.matches ? false : "zoom",
              ...(still.matches && { transition: { duration: 0 } }) },
  };
}

// The title that a menu or a slider has set, in the place of the page's own.
function showTitle(chart, { layout }) {
  const head = chart.querySelector(".chart-title");
  const text = layout.title?.text ?? layout.title;
  if (head && typeof text === "string" && text) head.textContent = text.replace(/<[^<>]+>/g, " ");
}

const CONFIG = { responsive: false, scrollZoom: false, doubleClick: "reset", showTips: false, displaylogo: false,
                 topojsonURL: outlines, modeBarButtonsToRemove: ["toImage", "zoomIn2d", "zoomOut2d", "lasso2d", "autoScale2d"] };

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

async function draw(chart, picture) {
  const load = async () => (await fetch(chart.dataset.figure)).json();
  const [Plotly, figure] = await Promise.all([plotly(JSON.parse(own.plotly)[chart.dataset.traces]), load()]);
  Object.assign((window.PlotlyGeoAssets ??= { topojson: {} }).topojson, figure.outlines);
  const target = document.createElement("div");
  target.className = "chart-live";
  picture.append(target);
  const redraw = async () => {
    await Plotly.react(target, fitted(figure, picture));
    // screen readers have the picture's text and the table
    for (const layer of target.querySelectorAll(".main-svg")) layer.setAttribute("aria-hidden", "true");
  };
  try {
    await redraw();
  } catch (error) {
    target.remove();
    throw error;
  }
  picture.classList.add("is-live");
  live.set(chart, redraw);
  for (const event of ["plotly_update", "plotly_relayout"]) target.on(event, () => showTitle(chart, target));
  chart.addEventListener("chart-point", ({ detail }) => mark(Plotly, target, detail));
  let width = picture.clientWidth;
  new ResizeObserver(() => {
    if (picture.clientWidth !== width) {
      width = picture.clientWidth;
      redraw();
    }
  }).observe(picture);
}

// Whether the chart is plotly's afterwards: it is drawn, or the picture comes back.
export async function explore(chart) {
  const picture = chart.querySelector(".chart-picture");
  if (!live.has(chart)) {
    await draw(chart, picture);
    return true;
  }
  const comes = picture.classList.toggle("is-live");
  if (comes) await live.get(chart)();
  return comes;
}

const explored = () => [...live.keys()].map((chart) => chart.querySelector(".chart-picture"));
let printed = [];
const redrawAll = () => live.forEach((redraw) => redraw());
dark.addEventListener("change", redrawAll);
addEventListener("scheme-changed", redrawAll);
addEventListener("beforeprint", () => {
  printed = explored().filter((picture) => picture.classList.contains("is-live"));
  printed.forEach((picture) => picture.classList.remove("is-live"));
});
addEventListener("afterprint", () => printed.forEach((picture) => picture.classList.add("is-live")));
