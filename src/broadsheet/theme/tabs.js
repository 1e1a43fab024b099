// Tabsets of one group show the tab of the same name, on this page and on the next: a choice in one is the choice in all. Without
// this script, each tabset is chosen for itself.

const KEY = "broadsheet-tabs";

const remembered = () => {
  try {
    const choices = JSON.parse(localStorage.getItem(KEY));
    return choices && typeof choices === "object" ? choices : {};
  } catch {
    return {};
  }
};

const remember = (group, name) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.assign({ __proto__: null }, remembered(), { [group]: name })));
  } catch {
    // Without a store, the choice lasts as long as the page.
  }
};

const tabsets = (root) => [...root.querySelectorAll(".panel-tabset[data-group]")];
const choices = (tabset) => [...tabset.querySelectorAll(":scope > .tab-choice")];
const nameOf = (choice) => choice.nextElementSibling.textContent.trim();

function choose(tabset, name) {
  const choice = choices(tabset).find((each) => nameOf(each) === name);
  if (choice) choice.checked = true;
}

function changed({ target }) {
  const tabset = target.closest(".panel-tabset[data-group]");
  if (!target.matches(".tab-choice") || target.parentElement !== tabset) return;
  const { group } = tabset.dataset, name = nameOf(target), top = target.getBoundingClientRect().top;
  for (const other of tabsets(document)) if (other !== tabset && other.dataset.group === group) choose(other, name);
  scrollBy(0, target.getBoundingClientRect().top - top); // what is read stays where it is
  remember(group, name);
}

function begin(root) {
  const names = remembered();
  for (const tabset of tabsets(root)) {
    const name = Object.hasOwn(names, tabset.dataset.group) && names[tabset.dataset.group];
    if (name) choose(tabset, name);
  }
}

begin(document);
addEventListener("change", changed);
addEventListener("page-added", ({ detail }) => begin(detail));
