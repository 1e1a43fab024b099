// A drawing that answers: a reader points at it, touches it, or goes through it with the arrow keys. No plotly.js.
//
// A chart is an element around a `.chart-picture` with its drawings. Its values are as the table writes them, with where
// each has its mark in either drawing (values_file.py says how). Slices and places of maps are found by their paths
// (`data-point`).
//
// Pointer and finger (`data-pointing`): the nearest place answers, everywhere in the picture. Its marks are highlighted,
// a box beside them has all of its values, and where one line is pointed at, the others are dimmed. Other panels show
// what they have at the same place. A tap shows, a tap elsewhere hides, a finger that goes across moves along, and one that
// goes up or down scrolls the page.
//
// Keys (`data-series`, the number of series): an element that the Tab key reaches. There ← and → go along a series, ↑ and
// ↓ to another one, Home and End to its ends, Escape leaves. The same box is shown, and the value is announced. The event
// `chart-point` ({trace, point}, or null when the reader leaves) goes to the chart.
//
// This is the beginning of a script: who uses it calls `alive` for each chart.

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0],
               Home: [0, -Infinity], End: [0, Infinity] };
const NEAR = 24; // pixels from a line within which it is the one that is pointed at
const SAME = 3; // pixels between marks that lie on each other
const ROWS = 12;
const GAP = 8;
const between = (number, least, most) => Math.max(least, Math.min(most, number));

// ---- Values

function read({ panels, traces, series, blank = {}, marked = {} }, words) {
  const events = new Map(Object.entries(marked)); // a place may have any name
  const rows = series.map(({ name, points, wide, narrow }) => points.map(
    ([place, value, trace, point, change = "", note = ""], at) => {
      const [panel, colour = ""] = traces[trace] ?? [];
      return { name, place, value, trace, point, change, note, panel, colour, event: events.get(place) ?? "", before: points[at - 1]?.[0],
               wide: boxed(wide[at]), narrow: boxed(narrow[at]) };
    }));
  rows.forEach((row) => row.forEach((entry) => { entry.row = row; }));
  return { panels, rows, blank, words, entries: rows.flat(),
           of: (trace, point) => rows.flat().find((one) => one.trace === trace && one.point === point) };
}

// A point is a box without extent.
function boxed(mark) {
  return mark ? mark.length === 2 ? [...mark, ...mark] : mark : null;
}

const isPoint = ([left, top, right, bottom]) => left === right && top === bottom;
const middle = ([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2];
const gaps = ([left, top, right, bottom], x, y) => [Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0)];
const distance = (box, x, y) => Math.hypot(...gaps(box, x, y));

function least(items, measure) {
  let found = null, smallest = Infinity;
  for (const item of items) {
    const size = measure(item);
    if (size < smallest) [found, smallest] = [item, size];
  }
  return found;
}

// ---- What is at a place

class Drawing {
  constructor(picture, values) {
    this.svg = [...picture.children].find((one) => one instanceof SVGElement && one.checkVisibility());
    this.form = this.svg.classList.contains("chart-narrow") ? "narrow" : "wide";
    this.values = values;
    this.rect = this.svg.getBoundingClientRect();
    this.scale = this.svg.viewBox.baseVal.width / this.rect.width;
  }

  box(entry) {
    return entry[this.form];
  }

  inDrawing(clientX, clientY) {
    return [(clientX - this.rect.left) * this.scale, (clientY - this.rect.top) * this.scale];
  }

  inWindow(x, y) {
    return [this.rect.left + x / this.scale, this.rect.top + y / this.scale];
  }

  shape({ trace, point }) {
    return this.svg.querySelector(`[data-trace="${trace}"] [data-point="${point}"]`);
  }

  // The answer at a point of the window: the entry that is meant, and all that are shown with it.
  at(clientX, clientY) {
    const [x, y] = this.inDrawing(clientX, clientY);
    const { panels, entries } = this.values;
    const marked = entries.filter((entry) => this.box(entry));
    const near = least(new Set(marked.map(({ panel }) => panel)), (panel) => distance(panels[panel][this.form], x, y));
    const here = marked.filter(({ panel }) => panel === near);
    const { by, filled, thinned } = panels[near] ?? {};
    const found = this.nearest(here, by, filled, x, y);
    const away = found ? distance(this.box(found), x, y) : Infinity;
    const shape = away < GAP ? null : this.shapeAt(clientX, clientY, away / this.scale);
    if (shape) return this.ofShape(shape);
    if (thinned && away > NEAR) return null;
    return found && { ...this.around(found), isMeant: filled || away < NEAR };
  }

  nearest(entries, by, filled, x, y) {
    const letter = { x: 0, y: 1 }[by];
    if (letter === undefined) {
      const inner = (box) => Math.hypot(middle(box)[0] - x, middle(box)[1] - y) / 1e4; // of boxes on each other the nearer one
      return least(entries, (entry) => distance(this.box(entry), x, y) + inner(this.box(entry)));
    }
    const far = (entry) => this.along(entry, letter, x, y);
    const place = least(entries, far)?.place;
    const there = nearestOfEach(entries.filter((entry) => entry.place === place), far);
    const above = there.filter((entry) => this.box(entry)[1] <= y); // what is filled reaches down from its line
    return least(filled && above.length ? above : there, (entry) => distance(this.box(entry), x, y));
  }

  // How far an entry is from a point: along an axis, and where several are as far, across it.
  along(entry, letter, x, y) {
    const box = this.box(entry);
    return Math.abs(middle(box)[letter] - [x, y][letter]) + distance(box, x, y) / 1e4;
  }

  // All entries at the place of one, in the order in which they stand. Places of a series may be written alike.
  around(entry) {
    const { panels, entries } = this.values;
    const box = this.box(entry), by = panels[entry.panel]?.by;
    const isHere = (other) => {
      const mark = this.box(other);
      if (other === entry) return true;
      if (!box || !mark || other.panel !== entry.panel) return false;
      if (by !== "xy") return other.place === entry.place;
      return isPoint(box) && isPoint(mark) && distance(mark, box[0], box[1]) <= SAME;
    };
    const here = entries.filter(isHere);
    const far = (other) => (other === entry ? -1 : this.along(other, by === "x" ? 0 : 1, ...middle(box)));
    const rows = by === "xy" ? here : nearestOfEach(here, far);
    if (box) rows.sort((a, b) => middle(this.box(a))[1] - middle(this.box(b))[1]);
    return { entry, rows, place: entry.place, by };
  }

  // The slice, or the place on a map, that is nearest to a point of the window, if any is nearer than `reach`. Land without
  // data is one too, unless a place is as near as a border is wide.
  shapeAt(clientX, clientY, reach) {
    if (!this.svg.querySelector("[data-point]")) return null;
    const most = Math.min(reach, Math.hypot(this.rect.width, this.rect.height));
    let land = null;
    for (let radius = 0; radius < most && !(land && radius > GAP); radius = radius * 1.2 + 3) {
      const steps = radius ? Math.min(32, 8 + Math.floor(radius / 3)) : 1;
      for (let step = 0; step < steps; step += 1) {
        const angle = (step / steps) * 2 * Math.PI;
        const under = document.elementsFromPoint(clientX + radius * Math.cos(angle), clientY + radius * Math.sin(angle));
        const found = under.find((one) => one.dataset?.point && this.svg.contains(one));
        if (found && found.dataset.point !== "land") return found;
        land ??= found;
      }
    }
    return land;
  }

  ofShape(shape) {
    if (shape.dataset.point === "land") return { rows: [], place: this.values.words.none };
    const trace = Number(shape.closest("[data-trace]")?.dataset.trace);
    const entry = this.values.of(trace, Number(shape.dataset.point));
    if (entry) return { ...this.around(entry), shape };
    const place = this.values.blank[trace]?.[shape.dataset.point];
    const { none } = this.values.words;
    return { rows: place ? [{ name: "", value: none, colour: "" }] : [], place: place ?? none, shape };
  }
}

// Of each series the entry that is nearest.
function nearestOfEach(entries, measure) {
  const rows = new Set(entries.map(({ row }) => row));
  return [...rows].map((row) => least(entries.filter((entry) => entry.row === row), measure));
}

// ---- What is shown

const tip = document.createElement("div");
tip.className = "chart-tip";
tip.popover = "manual";
tip.ariaHidden = "true"; // screen readers are told by the chart's own message
document.body.append(tip);
let shown = null; // the picture that answers

function element(name, css, text = "") {
  const made = document.createElement(name);
  made.className = css;
  made.textContent = text;
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const paint = (colour) => (colour.startsWith("--") ? `var(${colour.split("/")[0]})` : colour);

function fill({ entry, rows, place, by, shape }, words) {
  const at = rows.indexOf(entry);
  const first = between(at - ROWS / 2, 0, Math.max(0, rows.length - ROWS));
  const listed = rows.slice(first, first + ROWS);
  const before = new Set(listed.map((one) => one.change && one.before));
  const since = before.size === 1 ? [...before][0] : "";
  const notes = new Set(listed.map(({ note }) => note));
  const head = element("p", "chart-tip-place", place);
  if (since) head.append(element("span", "chart-tip-since", words.since.replace("{place}", since)));
  let isColoured = false;
  const lines = listed.filter(({ name, value, note }) => name || value || note).map((one) => {
    const line = element("p", one === entry && rows.length > 1 ? "chart-tip-row is-meant" : "chart-tip-row");
    const swatch = element("span", "chart-tip-swatch");
    const colour = one === entry && shape ? getComputedStyle(shape).fill : paint(one.colour);
    if (colour) swatch.style.backgroundColor = colour;
    isColoured ||= Boolean(colour);
    const other = by === "xy" && one.place !== place ? `${one.place} ` : "";
    line.append(swatch, element("span", "chart-tip-name", other + one.name), element("b", "chart-tip-value", one.value),
                element("span", "chart-tip-change", since && one.change));
    if (one.note && notes.size > 1) line.append(element("span", "chart-tip-note", one.note));
    return line;
  });
  tip.classList.toggle("is-alone", lines.length === 1 && !rows[0]?.name);
  tip.classList.toggle("is-plain", !isColoured);
  tip.replaceChildren(head, ...lines);
  const [note] = notes;
  if (notes.size === 1 && note) tip.append(element("p", "chart-tip-note", note));
  if (entry?.event) tip.append(element("p", "chart-tip-event", entry.event));
  if (rows.length > listed.length) {
    tip.append(element("p", "chart-tip-note", words.more.replace("{count}", rows.length - listed.length)));
  }
}

// Beside a pointer; above a finger and above a mark, or below it where there is no room.
function place([x, y], kind) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const { clientWidth, clientHeight } = document.documentElement;
  const off = { mouse: 16, touch: 28, keys: 14 }[kind];
  let left = x - width / 2, top = y - off - height < GAP ? y + off : y - off - height;
  const fits = [x + off, x - off - width].find((side) => side >= GAP && side + width + GAP <= clientWidth);
  if (kind === "mouse" && fits !== undefined) [left, top] = [fits, y - height / 2];
  const at = [between(left, GAP, clientWidth - width - GAP) + scrollX,
              between(top, GAP, Math.max(GAP, clientHeight - height - GAP)) + scrollY];
  tip.style.transform = `translate(${at[0]}px, ${at[1]}px)`; // browsers count a new `left` as a shift of the layout
}

// What other panels have at the same place: a line, and marks with their values where each panel has one.
function elsewhere(group, drawing, { entry, by }) {
  const { panels, entries } = drawing.values;
  if (!entry || by === "xy") return;
  const others = entries.filter((one) => one.panel !== entry.panel && one.place === entry.place && panels[one.panel]?.by === by);
  for (const panel of new Set(others.map((one) => one.panel))) {
    const rows = others.filter((one) => one.panel === panel && drawing.box(one));
    if (!rows.length) continue;
    crosshair(group, drawing, { panel, by }, drawing.box(rows[0]));
    for (const one of rows) mark(group, drawing, one, false);
    if (rows.length === 1) value(group, drawing, rows[0]);
  }
}

function crosshair(group, drawing, { panel, by }, box) {
  if (!isPoint(box)) return;
  const [left, top, right, bottom] = drawing.values.panels[panel][drawing.form];
  const ends = by === "x" ? { x1: box[0], x2: box[0], y1: top, y2: bottom } : { x1: left, x2: right, y1: box[1], y2: box[1] };
  group.append(drawn("line", { class: "chart-crosshair", ...ends }));
}

function mark(group, drawing, entry, isMeant) {
  const [left, top, right, bottom] = drawing.box(entry);
  const made = isPoint([left, top, right, bottom])
    ? drawn("circle", { class: "chart-pointed-dot", cx: left, cy: top, r: isMeant ? 5.5 : 4 })
    : drawn("rect", { class: isMeant ? "chart-pointed-box" : "chart-pointed-rest", x: left, y: top, width: right - left, height: bottom - top });
  if (isPoint([left, top, right, bottom]) && entry.colour) made.style.fill = paint(entry.colour);
  group.append(made);
}

// A value beside its mark, within its panel.
function value(group, drawing, entry) {
  const [from, top, to] = drawing.values.panels[entry.panel][drawing.form];
  const [left, above, right] = drawing.box(entry);
  const made = drawn("text", { class: "chart-pointed-value", x: (left + right) / 2, y: above - 8 < top + 10 ? above + 18 : above - 8 });
  made.textContent = entry.value;
  group.append(made);
  const half = made.getComputedTextLength() / 2;
  made.setAttribute("x", between((left + right) / 2, from + half, Math.max(from + half, to - half)));
}

function highlight(drawing, { entry, rows, shape, by, isMeant }) {
  const { svg, values } = drawing;
  const group = drawn("g", { class: "chart-pointed" });
  if (shape) {
    const { a, b, c, d, e, f } = svg.getScreenCTM().inverse().multiply(shape.getScreenCTM());
    const outline = ["d", "x", "y", "width", "height"].filter((name) => shape.hasAttribute(name));
    group.append(drawn(shape.localName, { ...Object.fromEntries(outline.map((name) => [name, shape.getAttribute(name)])),
                                          class: "chart-pointed-box", transform: `matrix(${[a, b, c, d, e, f]})` }));
  }
  const line = rows.map((one) => drawing.box(one)).find((box) => box && isPoint(box));
  if (line && by !== "xy") crosshair(group, drawing, { panel: entry.panel, by }, line);
  for (const one of rows) if (drawing.box(one)) mark(group, drawing, one, one === entry);
  const traces = new Set(entry?.row.map(({ trace }) => trace));
  const beside = new Set(values.entries.filter((one) => one.panel === entry?.panel).map(({ trace }) => trace));
  const isLine = entry && isMeant && beside.size > traces.size && svg.querySelector(`[data-trace="${entry.trace}"]:not(:has([data-point]))`);
  for (const part of svg.querySelectorAll("[data-trace]")) {
    part.classList.toggle("is-dimmed", Boolean(isLine) && beside.has(Number(part.dataset.trace)) && !traces.has(Number(part.dataset.trace)));
  }
  svg.append(group);
  elsewhere(group, drawing, { entry, by });
}

function clear(picture) {
  picture?.querySelectorAll(".chart-pointed").forEach((group) => group.remove());
  picture?.querySelectorAll(".is-dimmed").forEach((part) => part.classList.remove("is-dimmed"));
}

function show(picture, drawing, answer, at, kind) {
  if (shown !== picture) hide();
  clear(picture);
  fill(answer, drawing.values.words);
  highlight(drawing, answer);
  shown = picture;
  picture.classList.add("is-marked");
  if (!tip.isConnected) document.body.append(tip); // a page that exchanges its body has lost it
  tip.dir = getComputedStyle(picture).direction;
  if (!tip.matches(":popover-open")) tip.showPopover();
  place(at, kind);
}

function hide() {
  if (!shown) return;
  clear(shown);
  shown.classList.remove("is-marked");
  shown.querySelector(".chart-reading").textContent = "";
  shown = null;
  tip.hidePopover();
}

// ---- A chart

// Makes a chart answer. `load` gives its values (values_file.py says how) when a reader comes to it. Returns where it
// says what it has to say.
function alive(chart, words, load) {
  const picture = chart.querySelector(":scope > .chart-picture");
  const message = element("p", "chart-reading");
  message.role = "status";
  picture.append(message);
  let asked;
  const values = () => {
    asked ??= load().then((json) => read(json, words)).catch((error) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
  const said = ({ name, place: where, value, note, event }) =>
    [name, where].filter(Boolean).join(", ") + (value && `: ${value}`) + (note && `, ${note}`) + (event && `. ${event}`);
  const failed = (error) => {
    console.info("The chart's values cannot be read:", error);
    message.textContent = words.failed;
  };
  if (load) {
    const soon = () => values().catch(() => {});
    for (const event of ["pointerenter", "focusin"]) chart.addEventListener(event, soon);
    if ("pointing" in chart.dataset) pointed(picture, values, (entry) => { message.textContent = entry ? said(entry) : ""; }, failed);
    readable(chart, picture, words, values, message, said, failed);
  }
  return message;
}

function pointed(picture, values, announce, failed) {
  const isLive = () => picture.classList.contains("is-live");
  let last = null; // where the reader points, until that is answered
  let start = null; // where a finger came down
  let finger = false;
  async function answer(event) {
    // Whole pixels, as clicks have them: a finger and a mouse get the same answer.
    const is = { x: Math.round(event.clientX), y: Math.round(event.clientY), kind: finger ? "touch" : "mouse" };
    last = is;
    try {
      const known = await values();
      if (last !== is || isLive()) return;
      const drawing = new Drawing(picture, known);
      const found = drawing.at(is.x, is.y);
      if (!found) return hide();
      show(picture, drawing, found, [is.x, is.y], is.kind);
      if (is.kind === "touch") announce(found.entry);
    } catch (error) {
      if (event.type === "click") failed(error);
    }
  }
  picture.addEventListener("pointermove", (event) => {
    finger = event.pointerType === "touch";
    if (!finger) return answer(event);
    if (start && Math.abs(event.clientX - start.clientX) > Math.max(10, Math.abs(event.clientY - start.clientY))) answer(event);
  });
  picture.addEventListener("pointerdown", (event) => {
    finger = event.pointerType === "touch";
    start = event;
  });
  picture.addEventListener("pointercancel", () => { start = null; });
  picture.addEventListener("pointerleave", (event) => {
    start = null;
    if (event.pointerType === "touch") return;
    last = null;
    if (shown === picture) hide();
  });
  picture.addEventListener("click", (event) => finger && answer(event));
}

function moved(rows, at, [up, along]) {
  if (!at) return [0, along === -1 || along === Infinity ? rows[0].length - 1 : 0];
  if (!up) return [at[0], between(at[1] + along, 0, rows[at[0]].length - 1)];
  const row = between(at[0] + up, 0, rows.length - 1);
  const same = rows[row].findIndex(({ place: other }) => other === rows[at[0]][at[1]].place);
  return [row, same < 0 ? between(at[1], 0, rows[row].length - 1) : same];
}

function readable(chart, picture, words, values, message, said, failed) {
  const keys = element("div", "chart-keys");
  keys.tabIndex = 0;
  keys.role = "application";
  keys.ariaRoleDescription = words.chart;
  keys.ariaLabel = `${chart.ariaLabel}${/[.!?…。！？؟]$/.test(chart.ariaLabel) ? "" : "."} ${words.keys}`;
  message.before(keys);
  let at = null;
  function tell(text, point) {
    message.textContent = text;
    chart.dispatchEvent(new CustomEvent("chart-point", { detail: point }));
  }
  function leave() {
    if (!at) return;
    at = null;
    hide();
    tell("", null);
  }
  keys.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape") leave();
    const way = KEYS[event.key];
    if (!way || (way[0] && chart.dataset.series === "1")) return;
    event.preventDefault();
    try {
      const known = await values();
      if (document.activeElement !== keys) return;
      at = moved(known.rows, at, way);
      const entry = known.rows[at[0]][at[1]];
      hide();
      tell(said(entry), { trace: entry.trace, point: entry.point });
      if (picture.classList.contains("is-live")) return;
      const drawing = new Drawing(picture, known);
      const shape = drawing.shape(entry), box = drawing.box(entry);
      if (!shape && !box) return;
      const { left, right, top, bottom } = shape?.getBoundingClientRect() ?? {};
      const where = box ? drawing.inWindow(...middle(box)) : [(left + right) / 2, (top + bottom) / 2];
      show(picture, drawing, { ...drawing.around(entry), shape, isMeant: true }, where, "keys");
    } catch (error) {
      failed(error);
    }
  });
  keys.addEventListener("blur", leave);
}

document.addEventListener("pointerdown", (event) => shown && !shown.contains(event.target) && hide());
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
for (const event of ["resize", "beforeprint"]) addEventListener(event, hide);
