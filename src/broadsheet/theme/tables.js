// Lets the headers of a table sort its rows, by click and by keyboard. Without this script the table keeps its order.

const collator = new Intl.Collator(document.documentElement.lang || undefined, { sensitivity: "base", numeric: true });

function sortText(cell) {
  const text = cell.dataset.value ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
  return text === "–" ? "" : text;
}

const number = (text) => Number(text.replaceAll(",", "").replace("−", "-").replace(/^< *|%$/g, ""));

function sort(body, column, sign) {
  const rows = [...body.rows].map((row) => ({ row, key: sortText(row.cells[column]) }));
  const known = rows.filter(({ key }) => key !== "");
  const numeric = known.every(({ key }) => !Number.isNaN(number(key)));
  const order = numeric ? (a, b) => Math.sign(number(a.key) - number(b.key) || 0) : (a, b) => collator.compare(a.key, b.key);
  known.sort((a, b) => sign * order(a, b));
  body.append(...[...known, ...rows.filter(({ key }) => key === "")].map(({ row }) => row));
}

function sortable(table) {
  const heads = [...table.tHead.rows].at(-1).querySelectorAll("th");
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.classList.contains("text-end") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const one of heads) one.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      sort(table.tBodies[0], head.cellIndex, order === "ascending" ? 1 : -1);
    });
  }
}

function begin(root) {
  root.querySelectorAll("table.is-sortable:has(> thead):has(> tbody)").forEach(sortable);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
