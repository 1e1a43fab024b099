// Filters a list by the categories above it, in its place, and keeps the choice in the address: `#category=Energy`, as Quarto
// has it. Entries on further pages of the list are fetched when they are first asked for. Without this script, where the list
// itself is not on the page, and if a page of it cannot be fetched, a category leads to the page of its articles.

const KEY = "#category=";
const categoriesOf = (entry) => JSON.parse(entry.dataset.categories);
const entriesOf = (list) => [...list.querySelectorAll("[data-categories]")];

function asked() {
  try {
    return location.hash.startsWith(KEY) ? decodeURIComponent(location.hash.slice(KEY.length)) : "";
  } catch {
    return ""; // a `%` that begins no letter
  }
}

function filtered(nav) {
  const links = [...nav.querySelectorAll("[data-category]")];
  const list = nav.closest(".listing");
  const here = list ? entriesOf(list) : [];
  if (!here.length) {
    links.find((link) => link.dataset.category && link.dataset.category === asked())?.click();
    return;
  }
  const paging = document.querySelector(".paging");
  const message = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
  nav.append(message);
  links[0].closest("li").hidden = false;
  let all = here;
  let chosen = "";
  let loading;

  async function whole() {
    const pages = JSON.parse(nav.dataset.pages ?? "[]");
    if (!pages.length) return;
    const parts = pages.map(async (page) => {
      if (!page) return here;
      const answer = await fetch(page);
      if (!answer.ok) throw new Error(`${answer.status} ${page}`);
      const other = new DOMParser()
        .parseFromString(await answer.text(), "text/html")
        .querySelector(`[data-list="${list.dataset.list}"]`);
      return other ? entriesOf(other).map((entry) => document.importNode(entry, true)) : [];
    });
    all = (await Promise.all(parts)).flat();
    here.at(-1).after(...all.slice(all.indexOf(here.at(-1)) + 1));
    here[0].before(...all.slice(0, all.indexOf(here[0])));
  }

  async function show(wanted) {
    const link = links.find((link) => link.dataset.category === wanted);
    const category = link ? wanted : "";
    chosen = category;
    try {
      if (category) await (loading ??= whole());
    } catch {
      loading = undefined;
      if (chosen === category) location.href = link.href;
      return;
    }
    if (chosen !== category) return; // another was chosen meanwhile
    for (const entry of all) entry.hidden = category ? !categoriesOf(entry).includes(category) : !here.includes(entry);
    for (const link of links) {
      if (link.dataset.category === category) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (paging) paging.hidden = Boolean(category);
    const shown = all.filter((entry) => !entry.hidden).length;
    message.textContent = category ? nav.dataset.found.replace("{shown}", shown).replace("{all}", all.length) : "";
  }

  nav.addEventListener("click", (event) => {
    const link = event.target.closest("[data-category]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", KEY + encodeURIComponent(link.dataset.category));
    show(link.dataset.category);
  });
  addEventListener("popstate", () => show(asked()));
  show(asked());
}

const begin = (root) => root.querySelectorAll(".listing-categories").forEach(filtered);
begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
