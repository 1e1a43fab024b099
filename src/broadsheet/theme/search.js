// The search page. The indexes are Pagefind's. Nothing of them is fetched before the reader turns to the form, or comes with
// words in the address. Their content goes into the page as text. The page's own texts are in the form's data attributes.

const COUNT = 10;
const LEAST = 0.02; // of the best one's score
const form = document.querySelector(".search-form");
const page = form.closest(".search-page");
const message = page.querySelector(".search-told");
const list = page.querySelector(".search-results");
const more = page.querySelector(".search-more");
const broken = page.querySelector(".search-broken");
const pattern = page.querySelector("template.search-result").content;
const fields = [...form.elements].filter((field) => field.name);
const pathOf = (address) => new URL(address, location.href).pathname;
let opening, latest = 0, waiting, rest = [];

// Pagefind is WebAssembly in a worker, which has the policy that its own file is served with; where that refuses
// WebAssembly, Pagefind would wait for ever.
async function check(worker) {
  const answer = await fetch(worker, { method: "HEAD" });
  const policy = answer.headers.get("content-security-policy") ?? "";
  if (!answer.ok || (/(default|script)-src/.test(policy) && !/unsafe-eval/.test(policy))) {
    throw new Error(`${worker}: ${answer.status} ${policy}`);
  }
}

async function load() {
  const root = pathOf(form.dataset.root).replace(/index\.html$/, "");
  const [newest, ...older] = JSON.parse(form.dataset.indexes).map(pathOf);
  await check(`${newest}pagefind-worker.js`);
  const pagefind = await import(`${newest}pagefind.js`);
  await pagefind.options({ baseUrl: root, excerptLength: 32 });
  await pagefind.init();
  await Promise.all(older.map((index) => pagefind.mergeIndex(index, { baseUrl: root })));
  return pagefind;
}

function open() {
  opening ??= load().catch((error) => { opening = undefined; throw error; });
  return opening;
}

// Pagefind's excerpts are HTML with `mark`. They are parsed apart from the page, and only their text is used.
function excerpt(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map((node) => {
    if (node.nodeName !== "MARK") return node.textContent;
    const mark = document.createElement("mark");
    mark.textContent = node.textContent;
    return mark;
  });
}

// Where an index lacks a word, Pagefind takes the longest one that it begins with: `a` for `abstained`. Such a find is
// none: a marked word, or one of the headline, has to begin as one of the reader's, and not to be much shorter.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];

function isMeant({ excerpt: html, meta }, asked) {
  const marked = excerpt(html).filter((part) => part.nodeName).map((mark) => mark.textContent);
  const there = wordsOf([...marked, meta.title].join(" "));
  return !asked.length || asked.some((word) => there.some((one) =>
    one.length >= 0.6 * word.length && one.startsWith(word.slice(0, 2))));
}

function item({ url, excerpt: text, meta, filters }) {
  const made = pattern.cloneNode(true);
  const put = (selector, value) => {
    const element = made.querySelector(selector);
    if (value) element.textContent = value;
    else element.remove();
    return element;
  };
  put(".kicker", filters.section?.[0]);
  put("a", meta.title).href = url;
  made.querySelector(".summary").append(...excerpt(text));
  put(".meta .date", meta.date);
  put(".by", filters.author?.join(", "));
  return made;
}

// After the first result that is not meant, the others fit even less.
async function show(asked) {
  const words = wordsOf(form.elements.q.value);
  const found = await Promise.all(rest.slice(0, COUNT).map((result) => result.data()));
  if (asked !== latest) return;
  const meant = found.filter((one) => isMeant(one, words));
  rest = meant.length < found.length ? [] : rest.slice(COUNT);
  list.append(...meant.map(item));
  more.hidden = !rest.length;
}

async function search() {
  clearTimeout(waiting);
  const asked = ++latest;
  const given = Object.fromEntries(
    fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value));
  const address = new URLSearchParams(given).toString();
  history.replaceState(null, "", address ? `?${address}` : location.pathname);
  const { q = null, ...filters } = given;
  rest = [];
  if (!address) {
    list.replaceChildren();
    message.textContent = "";
    more.hidden = true;
    return;
  }
  message.textContent = form.dataset.searching;
  try {
    const found = await (await open()).search(q, { filters, sort: q ? {} : { date: "desc" } });
    if (asked !== latest) return;
    list.replaceChildren();
    rest = found.results.filter(({ score }) => !q || score >= LEAST * found.results[0].score);
    await show(asked);
    if (asked !== latest) return;
    const count = list.children.length + rest.length;
    message.textContent = count ? form.dataset.found.replace("#", count) : form.dataset.none;
    broken.hidden = true;
  } catch (error) {
    console.warn(error);
    if (asked !== latest) return;
    message.textContent = "";
    broken.hidden = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
form.addEventListener("focusin", () => open().catch(() => {}), { once: true });
form.addEventListener("change", (event) => event.target.matches("select") && search());
form.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(waiting);
  waiting = setTimeout(search, 250);
});
more.firstElementChild.addEventListener("click", async () => {
  const last = list.children.length;
  await show(latest);
  list.children[last]?.querySelector("a").focus();
});

broken.hidden = true;
const given = new URLSearchParams(location.search);
for (const field of fields) field.value = given.get(field.name) ?? "";
if (fields.some((field) => field.value)) search();
