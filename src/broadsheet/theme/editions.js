// Editions side by side, on the page that has all of them. The rows of its table have each edition's values
// (`data-lines`), the division `.edition-compare` has the places of the axis, the titles of the lines, and our words.
//
// Up to three editions are drawn on one scale. Which, is in the address: `?with=china,india`. A pointer or a finger, or the
// arrow keys, read the values at a place, in all drawings at once. The map says under itself what it is pointed at; each of
// its countries is a link, also without this script.

const SVG = "http://www.w3.org/2000/svg";
const MOST = 3;
const SIZE = [320, 220];
const MARGIN = { left: 54, right: 14, top: 10, bottom: 24 };

function element(name, css = "", text = "") {
  const made = document.createElement(name);
  made.className = css;
  made.textContent = text;
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Round numbers from the lowest to the highest, and those that span them.
function ticks(low, high) {
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

// Writes a number as the table of editions does (`AT_A_GLANCE` in `text/numbers.py`): three digits, or all before the point.
function writer([decimal, group]) {
  const [large, small] = [{ maximumFractionDigits: 0 }, { maximumSignificantDigits: 3 }].map((one) => new Intl.NumberFormat("en", one));
  const marks = { ".": decimal, ",": group, "-": "−" };
  const put = (format, value) => format.format(value).replace(/[-.,]/g, (mark) => marks[mark]);
  return (value) => {
    const size = Math.abs(value);
    if (!size || (size >= 1e-5 && size < 1e16)) return put(size < 100 ? small : large, value);
    const [digits, power] = value.toExponential(2).split("e");
    return `${put(small, Number(digits))} × 10${[...power].map((one) => ({ "-": "⁻", "+": "" })[one] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[one]).join("")}`;
  };
}

function compare(section) {
  const { places, positions, names, words } = Object.fromEntries(
    ["places", "positions", "names", "words"].map((key) => [key, JSON.parse(section.dataset[key])]));
  const { before: prefix, after: suffix, separators } = section.dataset;
  const rows = [...section.parentElement.querySelectorAll("tr[data-lines]")];
  if (!rows.length) return;
  const known = new Map(rows.map((row) => [row.dataset.key, {
    key: row.dataset.key, name: row.querySelector("th").textContent, href: row.querySelector("a").href,
    lines: JSON.parse(row.dataset.lines), estimates: row.dataset.estimates }]));
  const write = writer(separators);
  const asked = new URLSearchParams(location.search).get("with") ?? "";
  const chosen = asked.split(",").filter((key) => known.has(key)).slice(0, MOST);

  const head = element("h2", "", words.title);
  const form = element("form", "edition-choices");
  const picture = element("div", "edition-panels");
  const said = element("p", "edition-reading");
  said.role = "status";
  form.addEventListener("submit", (event) => event.preventDefault());
  const selects = Array.from({ length: MOST }, (_, at) => {
    const select = element("select");
    select.ariaLabel = `${words.choose} ${at + 1}`;
    select.append(new Option("–", ""), ...[...known.values()].map(({ key, name }) => new Option(name, key)));
    select.value = chosen[at] ?? "";
    select.addEventListener("change", update);
    form.append(select);
    return select;
  });
  const note = element("p", "edition-note", words.open);
  note.hidden = !rows.some(({ dataset }) => dataset.estimates.includes("1"));
  section.append(head, form, picture, note, said);

  function update(event) {
    const keys = [...new Set(selects.map(({ value }) => value).filter(Boolean))];
    if (event) history.replaceState(null, "", keys.length ? `?with=${keys.join(",")}` : location.pathname);
    draw(keys.map((key) => known.get(key)));
  }

  function draw(editions) {
    said.textContent = "";
    const values = editions.flatMap(({ lines }) => lines.flat()).filter((value) => value !== null);
    const marks = ticks(Math.min(0, ...values), Math.max(...values, 0));
    const [low, high] = [marks[0], marks.at(-1)];
    const span = positions.at(-1) - positions[0] || 1;
    const [wide, tall] = [SIZE[0] - MARGIN.left - MARGIN.right, SIZE[1] - MARGIN.top - MARGIN.bottom];
    const x = (at) => MARGIN.left + ((positions[at] - positions[0]) / span) * wide;
    const y = (value) => MARGIN.top + (1 - (value - low) / (high - low || 1)) * tall;
    const panels = editions.map((edition) => panel(edition, { marks, x, y }));
    picture.replaceChildren(...panels.map(({ box }) => box));
    let current = null;
    function show(at, edition) {
      current = at;
      panels.forEach((one) => one.show(at));
      said.textContent = edition && at !== null ? edition.says(at) : "";
    }
    for (const one of panels) {
      const { svg } = one;
      const nearest = ({ clientX }) => {
        const box = svg.getBoundingClientRect();
        const where = ((clientX - box.left) / box.width) * SIZE[0];
        return places.reduce((best, _, at) => (Math.abs(x(at) - where) < Math.abs(x(best) - where) ? at : best), 0);
      };
      svg.addEventListener("pointermove", (event) => show(nearest(event)));
      svg.addEventListener("pointerdown", (event) => show(nearest(event)));
      svg.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && show(null));
      svg.addEventListener("blur", () => show(null));
      svg.addEventListener("keydown", (event) => {
        const last = places.length - 1;
        const to = { ArrowLeft: (current ?? last + 1) - 1, ArrowRight: (current ?? -1) + 1, Home: 0, End: last }[event.key];
        if (event.key === "Escape") return show(null);
        if (to === undefined) return undefined;
        event.preventDefault();
        return show(Math.max(0, Math.min(last, to)), one);
      });
    }
  }

  function panel(edition, { marks, x, y }) {
    const box = element("div", "edition-panel");
    const title = element("h3");
    const link = element("a", "", edition.name);
    link.href = edition.href;
    title.append(link);
    const svg = drawn("svg", { viewBox: `0 0 ${SIZE.join(" ")}`, tabindex: 0, role: "application",
                               "aria-label": `${edition.name}${/[.!?…。！？؟]$/.test(edition.name) ? "" : "."} ${words.keys}` });
    for (const mark of marks) {
      svg.append(drawn("line", { class: mark === 0 ? "edition-zero" : "edition-grid", x1: MARGIN.left, x2: SIZE[0] - MARGIN.right, y1: y(mark), y2: y(mark) }),
                 drawn("text", { class: "edition-tick is-end", x: MARGIN.left - 6, y: y(mark) + 4 }, write(mark)));
    }
    for (const [at, css] of [[0, ""], [places.length - 1, " is-end"]]) {
      svg.append(drawn("text", { class: `edition-tick${css}`, x: x(at), y: SIZE[1] - 6 }, String(places[at])));
    }
    edition.lines.forEach((line, number) => {
      let path = "", before = null;
      line.forEach((value, at) => {
        if (value !== null) path += `${before === at - 1 ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
        if (value !== null) before = at;
      });
      svg.append(drawn("path", { class: `edition-line line-${number + 1}`, d: path }));
      line.forEach((value, at) => {
        if (value === null) return;
        const css = `edition-dot line-${number + 1}${edition.estimates[at] === "1" ? " is-estimate" : ""}`;
        svg.append(drawn("circle", { class: css, cx: x(at), cy: y(value), r: 3 }));
      });
    });
    const cross = drawn("line", { class: "chart-crosshair", y1: MARGIN.top, y2: SIZE[1] - MARGIN.bottom, visibility: "hidden" });
    svg.append(cross);
    const list = element("dl", "edition-values");
    const rows = names.map((name, number) => {
      const swatch = drawn("svg", { class: "map-swatch", viewBox: "0 0 12 12" }, drawn("rect", { class: `line-${number + 1}`, width: 12, height: 12 }));
      const term = element("dt", "", ""), value = element("dd");
      term.append(swatch, name);
      list.append(term, value);
      return value;
    });
    const place = element("p", "edition-place");
    const text = (number, at) => {
      const value = edition.lines[number][at];
      const note = value !== null && edition.estimates[at] === "1" ? `, ${words.estimate}` : "";
      return value === null ? words.no : `${prefix}${write(value)}${suffix}${note}`;
    };
    const lastKnown = places.findLastIndex((_, at) => edition.lines.some((line) => line[at] !== null));
    const show = (pointed) => {
      const at = pointed ?? Math.max(0, lastKnown);
      place.textContent = String(places[at]);
      rows.forEach((value, number) => { value.textContent = text(number, at); });
      cross.setAttribute("visibility", pointed === null ? "hidden" : "visible");
      cross.setAttribute("x1", x(at));
      cross.setAttribute("x2", x(at));
    };
    show(null);
    box.append(title, svg, place, list);
    const says = (at) => `${edition.name}, ${places[at]}: ${names.map((name, number) => `${name} ${text(number, at)}`).join("; ")}`;
    return { box, svg, show, says };
  }

  update();
}

function speaking(map) {
  const said = map.querySelector(".edition-said");
  map.addEventListener("pointerover", ({ target }) => {
    const link = target.closest("a[data-says]");
    said.textContent = link ? link.dataset.says : "";
  });
  map.addEventListener("pointerleave", () => { said.textContent = ""; });
}

function begin(root) {
  root.querySelectorAll(".edition-compare").forEach(compare);
  root.querySelectorAll(".edition-map").forEach(speaking);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
