// Lets the headers of a table sort its rows, a field search them, and a button open the box of a long one, by click and by
// keyboard. Without this script the table is whole, in its order. Its words are in the script's own data attribute.

const lang = document.documentElement.lang || undefined;
const collator = new Intl.Collator(lang, { sensitivity: "base", numeric: true });
const words = JSON.parse(document.querySelector("script[data-table-words]")?.dataset.tableWords ?? "{}");
const [, group] = words.separators ?? ".,";
const written = (value) => (typeof value === "number" ? value.toLocaleString("en").replaceAll(",", group) : value);
const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => written(values[name]));
const make = (name, properties) => Object.assign(document.createElement(name), properties);

function sortText(cell) {
  const text = cell.dataset.value ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
  return text === "–" ? "" : text;
}

const number = (text) => Number(text.replaceAll(",", "").replace("−", "-").replace(/^< *|%$/g, ""));

function sorted(rows, column, sign) {
  const keyed = rows.map((row) => ({ row, key: sortText(row.cells[column]) }));
  const known = keyed.filter(({ key }) => key !== "");
  const numeric = known.every(({ key }) => !Number.isNaN(number(key)));
  const order = numeric ? (a, b) => Math.sign(number(a.key) - number(b.key) || 0) : (a, b) => collator.compare(a.key, b.key);
  known.sort((a, b) => sign * order(a, b));
  return [...known, ...keyed.filter(({ key }) => key === "")].map(({ row }) => row);
}

const sortedBy = make("p", { className: "visually-hidden", role: "status" });
(document.querySelector("main") ?? document.body).append(sortedBy);

// A header sorts its column in one direction, then in the other; the third time the rows are in their first order again.
function sortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...[...table.tHead.rows].at(-1).cells].filter((head) => head.nodeName === "TH");
  for (const head of heads) {
    const button = make("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const orders = ["ascending", "descending"];
      if (head.classList.contains("text-end")) orders.reverse();
      const order = orders[orders.indexOf(head.ariaSort) + 1];
      for (const one of heads) one.removeAttribute("aria-sort");
      if (order) head.setAttribute("aria-sort", order);
      body.append(...(order ? sorted(rows, head.cellIndex, order === "ascending" ? 1 : -1) : rows));
      sortedBy.textContent = put(words[order ?? "unsorted"], { column: button.textContent.trim() });
    });
  }
}

// As readers type names: without accents, and whether letters are large or small.
const LETTERS = { Ø: "O", Ł: "L", Đ: "D", Ð: "D", Æ: "AE", Œ: "OE", Þ: "TH" };
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().replace(/[ØŁĐÐÆŒÞ]/g, (one) => LETTERS[one]);

// While rows are hidden, the columns keep their widths, and the page is high enough for the field to stay where it is.
function hold(box, table, isHeld) {
  for (const cell of [...table.tHead.rows].at(-1).cells) cell.style.minWidth = isHeld ? `${cell.offsetWidth}px` : "";
  box.style.minHeight = isHeld ? `${Math.min(box.offsetHeight, innerHeight)}px` : "";
}

function searchable(view) {
  const box = view.querySelector(".table-scroll");
  const table = box.querySelector("table");
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: plain([...row.cells].map((cell) => cell.textContent).join("\n")) }));
  const field = make("input", { type: "search", autocomplete: "off", placeholder: words.search, ariaLabel: words.search });
  const message = make("p", { role: "status" });
  view.querySelector(".table-search").replaceChildren(field, message);
  field.addEventListener("input", () => {
    const asked = plain(field.value).split(/\s+/).filter(Boolean);
    if (!asked.length || !box.style.minHeight) hold(box, table, asked.length > 0);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !asked.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    box.scrollTop = 0;
    message.textContent = asked.length ? put(words.found, { shown, all: rows.length }) : "";
  });
}

function openable(box) {
  const button = make("button", { type: "button", className: "table-open", textContent: put(words.all, { all: box.querySelectorAll("tbody > tr").length }) });
  button.addEventListener("click", () => {
    box.classList.add("is-open");
    button.remove();
    box.focus({ preventScroll: true });
  });
  box.after(button);
}

function begin(root) {
  root.querySelectorAll("table.is-sortable:has(> thead):has(> tbody)").forEach(sortable);
  root.querySelectorAll(".table-view:has(> .table-search)").forEach(searchable);
  root.querySelectorAll(".table-scroll.is-long:has(> .is-sortable):not(.chart-sheet > *)").forEach(openable);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
