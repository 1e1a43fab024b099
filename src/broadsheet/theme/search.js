// The search page. The indexes are Pagefind's. Nothing of them is fetched before the reader turns to the form, or comes with
// words in the address. Their content goes into the page as text. The page's own texts are in the form's data attributes.

const COUNT = 10;
const MOST = 40; // results that are looked at for COUNT articles
const EDITIONS = 3; // further ones of an article that are named
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
// The language of the page; what the field has may be what a browser restored.
const preset = form.querySelector("[name=language] option[selected]")?.value ?? "";
const indexes = JSON.parse(form.dataset.indexes).map(pathOf);
let opening, latest = 0, waiting;
let asking = "", rest = [], owns = new Map(), matched = 0, shown = new Map(); // of the words that the list is for

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
  const [newest, ...older] = indexes;
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

const titled = ({ meta }, words) => words.filter((word) => wordsOf(meta.title).includes(word)).length;

function link({ url, meta }) {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = meta.title;
  return made;
}

// An article is in the list once: by the first of its pages that is found, or by its own page, if that has as many of the
// words in its headline. Its other editions are named there. Returns whether the list is longer now.
function add(result, words) {
  const { source } = result.meta;
  const isNew = !shown.has(source);
  if (isNew) {
    const own = owns.get(source) ?? result;
    const head = titled(own, words) >= titled(result, words) ? own : result;
    list.append(item(head));
    shown.set(source, { head, others: [], line: list.lastElementChild.querySelector(".search-editions") });
  }
  const { head, others, line } = shown.get(source);
  if (result.url !== head.url) {
    others.push(result);
    line.hidden = false;
    line.firstElementChild.replaceChildren(
      ...others.slice(0, EDITIONS).flatMap((one, at) => at ? ["; ", link(one)] : [link(one)]));
  }
  return isNew;
}

// After the first result that is not meant, the others fit even less.
async function show(asked) {
  const words = wordsOf(asking);
  for (let added = 0, seen = 0; rest.length && added < COUNT && seen < MOST; seen += COUNT) {
    const found = await Promise.all(rest.slice(0, COUNT).map((result) => result.data()));
    if (asked !== latest) return;
    const meant = found.filter((one) => isMeant(one, words));
    rest = meant.length < found.length ? [] : rest.slice(COUNT);
    matched += meant.length;
    added += meant.filter((one) => add(one, words)).length;
  }
  more.hidden = !rest.length;
}

// How many letters have to be put in, taken out, changed, or put in each other's place, to make one word of another.
function distance(one, other) {
  let before, last, row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    [before, last, row] = [last, row, [i]];
    for (let j = 1; j <= other.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[other.length];
}

// The words, each that no article has replaced by the nearest that one has; the more frequent of two.
async function corrected(text) {
  const lists = await Promise.all(indexes.map(async (index) => {
    const answer = await fetch(`${index}words.json`);
    return answer.ok ? answer.json() : [];
  }));
  const known = new Map(lists.flat().map((word) => [plain(word), word]));
  return text.replace(/[\p{L}\p{M}]{4,}/gu, (word) => {
    const asked = plain(word);
    if (known.has(asked)) return word;
    let nearest = word, least = asked.length < 6 ? 1.5 : 2.5;
    for (const [candidate, written] of known) {
      if (Math.abs(candidate.length - asked.length) < least) {
        const far = distance(asked, candidate);
        if (far < least) [nearest, least] = [written, far];
      }
    }
    return nearest;
  });
}

// The results, and the articles' own pages among them by their sources. Where the language of the page has nothing, what
// other languages have.
async function find(q, { language, ...others }) {
  const pagefind = await open();
  const ask = async (filters) =>
    (await pagefind.search(q || null, { filters, sort: q ? {} : { date: "desc" } })).results;
  let filters = language ? { language, ...others } : others;
  let results = await ask(filters);
  if (!results.length && language === preset) results = await ask(filters = others);
  const own = await ask({ ...filters, edition: "no" });
  const firsts = own.length < results.length ? own.slice(0, COUNT) : [];
  const pages = await Promise.all(firsts.map((result) => result.data()));
  return [results.filter(({ score }) => !q || score >= LEAST * results[0].score),
    new Map(pages.map((one) => [one.meta.source, one]))];
}

async function look(asked, words, filters) {
  const [results, pages] = await find(words, filters);
  if (asked !== latest) return;
  [asking, rest, owns, matched, shown] = [words, results, pages, 0, new Map()];
  list.replaceChildren();
  await show(asked);
}

// The language that is chosen at first is not in the address; another is, and so is none.
function said(given) {
  const { language = "", ...others } = given;
  return new URLSearchParams(language === preset ? others : { ...others, language }).toString();
}

async function search() {
  clearTimeout(waiting);
  const asked = ++latest;
  const given = Object.fromEntries(
    fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value));
  const { q = "", ...filters } = given;
  const address = said(given);
  history.replaceState(null, "", address ? `?${address}` : location.pathname);
  if (!address) {
    [rest, shown] = [[], new Map()];
    list.replaceChildren();
    message.textContent = "";
    more.hidden = true;
    return;
  }
  message.textContent = form.dataset.searching;
  try {
    await look(asked, q, filters);
    if (asked !== latest) return;
    let instead = q;
    if (q && !matched) {
      instead = await corrected(q);
      if (asked !== latest) return;
      if (instead !== q) await look(asked, instead, filters);
      if (asked !== latest) return;
    }
    const { found, none, instead: corrects } = form.dataset;
    message.textContent = !matched ? none : instead === q ? found.replace("#", matched + rest.length)
      : corrects.replace("#1", () => q).replace("#2", () => instead);
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
for (const field of fields) field.value = given.get(field.name) ?? (field.name === "language" ? preset : "");
if (fields.some((field) => field.value !== (field.name === "language" ? preset : ""))) search();
