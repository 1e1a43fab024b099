// Keeps a previewed page as it is in the publication, without loading it again.
//
// The server says by an event that the page has changed. The page is then fetched and compared with the one that was
// fetched before, element by element, and only what is different is exchanged: scroll, open details, and live charts
// elsewhere stay as they are. What other scripts have added to the page is in neither of the two, and stays too.
//
// New parts are announced to the page's own scripts by the event `page-added`, whose detail is the fragment with them.

const BOXES = "html, body, main, article, section, header, footer, aside, nav, div:not(.chart, .table-view), script, broadsheet-preview";
const own = document.querySelector("broadsheet-preview");
const home = new URL("..", import.meta.url).pathname;  // of the site: the secret is in it
const names = new WeakMap();

// Of each node of the page as it was sent: what it is, apart from what is in it if that is compared by itself.
const isBox = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(BOXES) && !node.querySelector(":scope > summary");
const nameOf = (node) => (isBox(node) ? node.cloneNode(false).outerHTML : node.outerHTML ?? node.nodeValue);
const partsOf = (box) => [...(box.shadowRoot ?? box.content ?? box).childNodes].filter(
  (node) => node.nodeType === Node.ELEMENT_NODE || (node.nodeType === Node.TEXT_NODE && node.nodeValue.trim()));

function note(node) {
  names.set(node, nameOf(node));
  if (isBox(node)) partsOf(node).forEach(note);
}

// A script that was only parsed never runs: it is made anew.
function copyOf(node) {
  const copy = document.importNode(node, true);
  const scripts = copy.nodeName === "SCRIPT" ? [copy] : [...(copy.querySelectorAll?.("script") ?? [])];
  for (const script of scripts) {
    const made = document.createElement("script");
    for (const { name, value } of script.attributes) made.setAttribute(name, value);
    made.textContent = script.textContent;
    if (script === copy) return made;
    script.replaceWith(made);
  }
  return copy;
}

function takeAttributes(live, fresh, was) {
  const old = new DOMParser().parseFromString(was, "text/html").body.firstElementChild ?? live;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) live.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (live.getAttribute(name) !== value) live.setAttribute(name, value);
}

// The live node for each of the fresh ones: the same, or else for a box one of its kind.
function pairs(live, fresh) {
  const left = new Set(live);
  const found = new Map();
  const take = (node, fits) => {
    const one = [...left].find(fits);
    if (!one) return;
    left.delete(one);
    found.set(node, one);
  };
  for (const node of fresh) take(node, (one) => names.get(one) === nameOf(node));
  for (const node of fresh) {
    if (!found.has(node) && isBox(node)) take(node, (one) => one.nodeName === node.nodeName && one.src === node.src && isBox(one));
  }
  return { found, left };
}

function keepOpen(before, copy) {
  const open = [...before].flatMap((node) => (node.querySelectorAll ? [node, ...node.querySelectorAll("details")] : []))
    .filter((node) => node.nodeName === "DETAILS" && node.open);
  const keyOf = (details) => details.closest("[id]")?.id + (details.querySelector("summary")?.textContent ?? "").replace(/\d+/g, "");
  const keys = new Set(open.map(keyOf));
  for (const details of [copy, ...(copy.querySelectorAll?.("details") ?? [])]) {
    if (details.nodeName === "DETAILS" && keys.has(keyOf(details))) details.open = true;
  }
}

function patch(live, fresh, changed) {
  const place = live.shadowRoot ?? live;
  const now = partsOf(live).filter((node) => names.has(node));
  const then = partsOf(live.shadowRoot ? fresh.querySelector("template") : fresh);
  const { found, left } = pairs(now, then);
  let last = null;  // the live node after which the next one stands
  const put = (node) => {
    const next = last ? last.nextSibling : place.firstChild;
    let after = next;
    while (after && after !== node && (!names.has(after) || left.has(after))) after = after.nextSibling;
    if (after !== node) place.insertBefore(node, next);
    last = node;
  };
  for (const node of then) {
    const there = found.get(node);
    if (!there) {
      const copy = copyOf(node);
      note(copy);
      keepOpen(left, copy);
      const fragment = document.createDocumentFragment();
      fragment.append(copy);
      dispatchEvent(new CustomEvent("page-added", { detail: fragment }));
      put(copy);
      changed.push(copy);
      continue;
    }
    const name = nameOf(node);
    if (names.get(there) !== name) {
      takeAttributes(there, node, names.get(there));
      names.set(there, name);
    }
    put(there);
    if (isBox(there)) patch(there, node, changed);
  }
  left.forEach((node) => node.remove());
}

function flash(nodes) {
  for (const node of nodes) {
    if (node.nodeType !== Node.ELEMENT_NODE || node.getRootNode() !== document || node.nodeName === "SCRIPT") continue;
    node.setAttribute("data-preview-changed", "");
    setTimeout(() => node.removeAttribute("data-preview-changed"), 1500);
  }
}

const TEXTS = "main :is(p, li, h1, h2, h3, h4, figcaption, blockquote, dd, td)";

// True if a word stands at a place only as a part of another: "24" of "2024".
const isWithin = (text, at, word) => /^[\p{L}\p{N}]{2}/u.test((text[at - 1] ?? " ") + word[0])
  || /^[\p{L}\p{N}]{2}/u.test(word.at(-1) + (text[at + word.length] ?? " "));

// Words that nothing accounts for are underlined without a change of the page.
function underline() {
  if (!window.CSS?.highlights) return;
  const ranges = [];
  const plain = (text) => text.replace(/\s+/g, " ");
  for (const [sentence, words] of JSON.parse(own?.dataset.marks ?? "[]")) {
    for (const block of document.querySelectorAll(TEXTS)) {
      if (!plain(block.textContent).includes(plain(sentence).trim())) continue;
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const word of words) {
          for (let at = node.nodeValue.indexOf(word); at >= 0; at = node.nodeValue.indexOf(word, at + 1)) {
            if (isWithin(node.nodeValue, at, word)) continue;
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            ranges.push(range);
          }
        }
      }
      break;
    }
  }
  CSS.highlights.set("unaccounted", new Highlight(...ranges));
}

const bar = () => own?.shadowRoot?.querySelector(".bar");

async function follow() {
  const answer = await fetch(location.href);
  const isMissing = !own && !new URLSearchParams(location.search).has("bare");
  if (isMissing && !answer.ok) return;
  if (isMissing || answer.redirected || !answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const changed = [];
  takeStyles(stylesOf(fresh).map((link) => link.getAttribute("href")));
  if (document.title !== fresh.title) document.title = fresh.title;
  patch(document.body, fresh.body, changed);
  bar()?.removeAttribute("aria-busy");
  flash(changed);
  underline();
  reloadView();
  document.dispatchEvent(new CustomEvent("preview-patched", { detail: { changed: changed.length } }));
}

const stylesOf = (page) => [...page.querySelectorAll("link[rel=stylesheet]:not([href*='/_preview/']):not([data-old])")];

const mediaOf = new WeakMap();  // of style sheets that are not shown yet

// The style sheets of the site, in their order. A new one is there before the old one goes. Gives a promise of all new ones.
function takeStyles(addresses) {
  const loaded = [];
  const links = stylesOf(document);
  const scheme = new URLSearchParams(location.search).get("scheme");
  if (scheme) addresses = addresses.map((one) => (one.includes("scheme=") ? one : `${one}${one.includes("?") ? "&" : "?"}scheme=${scheme}`));
  let last = null;
  addresses.forEach((address, index) => {
    const old = links[index];
    if (old && new URL(address, location.href).href === old.href) last = old;
    else {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
      if (old) {
        old.dataset.old = "";
        const media = mediaOf.get(old) ?? old.media;  // the old one may not be there yet either
        mediaOf.set(link, media);
        link.media = "not all";  // until the old one goes, so that the page is laid out once
        loaded.push(new Promise((resolve) => {
          link.onload = link.onerror = () => {
            link.media = media;
            removeStyle(old);
            resolve();
          };
        }));
      }
      (last ?? old ?? document.head.lastElementChild).after(link);
      last = link;
    }
  });
  links.slice(addresses.length).forEach(removeStyle);
  return Promise.all(loaded);
}

// Nobody waits for a style sheet that goes before it is there.
function removeStyle(link) {
  link.onload?.();
  link.remove();
}

let following = Promise.resolve();
function listen() {
  const asked = new URLSearchParams({
    path: own?.dataset.path ?? pathOf(location), version: own?.dataset.version ?? "",
    given: new URLSearchParams(location.search).get("given") ?? "",
  });
  events = new EventSource(`${home}_preview/events?${asked}`);
  for (const name of Object.keys(HEARD)) events.addEventListener(name, ({ data }) => hear(name, data));
  events.onerror = ({ target }) => {
    if (target === events && target.readyState === EventSource.CLOSED) setTimeout(() => target === events && listen(), 1000);
  };
}

// A browser has six connections to a server, and a listener takes one. So a hidden page does not listen, and hears what it
// has missed when it is seen again; and a frame in a page is told by that page.
let events = null;
function listenWhileSeen() {
  events?.close();
  events = null;
  if (!document.hidden) listen();
}

const HEARD = {
  page: () => { following = following.then(follow).catch(console.error); },
  making: () => bar()?.setAttribute("aria-busy", "true"),
  styles: (data) => {  // which are shown before the page is compared
    const loaded = takeStyles(JSON.parse(data).map((path) => home + path));
    following = following.then(() => loaded);
  },
};
function hear(name, data) {
  HEARD[name](data);
  shownOtherwise()?.postMessage({ preview: name, data }, location.origin);
}

const pathOf = ({ pathname }) => decodeURIComponent(pathname.slice(home.length)) + (pathname.endsWith("/") ? "index.html" : "");

// The bar

const VIEWS = new Set(["letter", "card", "changes"]);
const pressed = () => new Set([...own.shadowRoot.querySelectorAll("[data-view][aria-pressed=true]")].map((one) => one.dataset.view));

function showView(views) {
  const view = own.shadowRoot.querySelector(".view");
  for (const button of own.shadowRoot.querySelectorAll("[data-view]")) button.ariaPressed = String(views.has(button.dataset.view));
  const other = [...views].find((name) => VIEWS.has(name));
  view.hidden = !views.size;
  view.classList.toggle("is-phone", views.has("phone"));
  const old = view.querySelector("iframe");
  const frame = document.createElement("iframe");
  frame.title = old.title;
  if (views.has("still")) frame.setAttribute("sandbox", "allow-same-origin");
  if (views.size) {
    const address = new URL(location.href);
    address.searchParams.set("bare", "");
    if (views.has("dark")) address.searchParams.set("scheme", "dark");
    frame.src = other ? `${home}_preview/${other}?path=${encodeURIComponent(own.dataset.path)}` : address.href;
  }
  names.set(frame, names.get(old));
  old.replaceWith(frame);
  document.documentElement.toggleAttribute("data-preview-view", views.size > 0);
  own.toggleAttribute("data-dark", views.has("dark"));
  frame.onload = () => takeColours(views.has("dark") ? frame.contentDocument : null);
  if (!views.has("dark")) takeColours(null);
}

// The bar is in the colours of the page, also of one that is shown in dark ones.
function takeColours(page) {
  for (const name of ["--paper", "--paper-tint", "--ink", "--ink-quiet", "--rule", "--accent"]) {
    own.style.setProperty(name, page ? getComputedStyle(page.documentElement).getPropertyValue(name) : "");
  }
}

function reloadView() {
  const views = own?.shadowRoot ? pressed() : new Set();
  if (["still", ...VIEWS].some((name) => views.has(name))) showView(views);
}

const order = (name, what) => fetch(`${home}_preview/${name}`, {
  method: "POST",
  headers: { "X-Broadsheet-Token": own.dataset.token, "Content-Type": "application/json" },
  body: JSON.stringify({ path: own.dataset.path, ...what }),
});

// Binding: what is found is shown, and what is chosen of it is written. The page follows when its source is saved.

function element(name, attributes, ...parts) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...parts);
  return made;
}

async function bindings(form, message, what) {
  const found = form.querySelector(".found");
  const buttons = [...form.querySelectorAll("button")];
  found.replaceChildren(message);
  buttons.forEach((button) => { button.disabled = true; });
  form.ariaBusy = "true";
  const answer = await order("bind", what).catch((error) => new Response(String(error), { status: 500 }));
  form.ariaBusy = "false";
  buttons.forEach((button) => { button.disabled = false; });
  form.querySelector("[type=submit]").hidden = true;
  if (answer.ok) return answer.json();
  found.replaceChildren(await answer.text());
  return null;
}

async function findBindings(form) {
  const answer = await bindings(form, "The article is being run …", {});
  if (!answer) return;
  const { key, edits, unsure, tables, notices } = answer;
  form.dataset.key = key;
  const found = form.querySelector(".found");
  const said = ({ words, link, instead }) => element("span", {}, element(link ? "a" : "span", link ? { href: link } : {}, `“${words}”`),
    ...(instead ? [` is false: the tables say “${instead}”`] : []));
  const codesOf = (codes) => codes.map((code) => element("code", {}, code));
  const list = (title, className, items) => (items.length ? [element("h2", {}, title), element("ul", { className }, ...items)] : []);
  const choices = edits.map((edit, number) => element("li", {}, element("label", {},
    element("input", { type: "checkbox", value: number, checked: !edit.instead }), said(edit), ...codesOf([edit.code]))));
  found.replaceChildren(
    ...(edits.length ? [] : [element("p", {}, "Nothing more can be bound here.")]),
    ...list("Found", "choices", choices),
    ...list("Unsure, and left to you", "choices", unsure.map((one) => element("li", {}, said(one), ...codesOf(one.codes)))),
    ...list("Left as it is", "messages", notices.map((notice) => element("li", {}, notice))),
    ...(tables.length ? [element("p", { className: "help" }, `Comes into the catalogue: ${tables.join(", ")}.`)] : []));
  form.querySelector("[type=submit]").hidden = !edits.length;
}

async function writeChosen(form) {
  const chosen = [...form.querySelectorAll(".choices input:checked")].map((box) => Number(box.value));
  const answer = await bindings(form, "The page is being proved …", { key: form.dataset.key, chosen });
  if (!answer) return;
  form.querySelector(".found").replaceChildren(element("p", {}, `Written: ${answer.written}.`),
    ...answer.notices.map((notice) => element("p", { className: "help" }, notice)));
}

function startBar() {
  const root = own.shadowRoot;
  root.addEventListener("change", ({ target }) => {
    if (target.matches("[data-edition]")) location.href = target.value;
  });
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.matches("[data-find]")) findBindings(button.form);
    if (button?.matches("[data-hide]")) button.closest(".fault").hidden = true;
    if (!button?.dataset.view) return;
    const views = pressed();
    const name = button.dataset.view;
    if (views.has(name)) views.delete(name);
    else {
      if (VIEWS.has(name)) views.clear();
      else for (const other of VIEWS) views.delete(other);
      views.add(name);
    }
    showView(views);
  });
  root.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (event.target.matches("[data-bind]")) return writeChosen(event.target);
    const fields = [...event.target.elements].filter((field) => field.name && field.value !== field.dataset.was);
    const given = new URLSearchParams(location.search).get("given") ?? "";
    const answer = await order("run", { given, values: Object.fromEntries(fields.map((field) => [field.name, field.value])) });
    if (answer.ok) location.href = (await answer.json()).address;
    else alert(await answer.text());
  });
  root.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") root.querySelectorAll("details[open]").forEach((one) => { one.open = false; });
  });
}

note(document.body);
if (own?.shadowRoot) {
  startBar();
  new ResizeObserver(([{ target }]) => {
    document.documentElement.style.setProperty("--preview-bar", `${target.offsetHeight}px`);
  }).observe(bar());
}
underline();

// A page of the preview itself may be in a frame of another one. In a frame of an editor's, such as JupyterLab's, the page is
// told which text to show, and tells on which text its reader has clicked. Nobody else knows its address.

const isInPreview = (() => {
  try {
    return parent !== window && parent.location.origin === location.origin;
  } catch {
    return false;
  }
})();
const isInEditor = isInPreview ? parent.parent !== parent : parent !== window;
const wordsOf = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

// How much two sets of words have in common, from 0 to 1.
function likeness(some, others) {
  const both = [...some].filter((word) => others.has(word)).length;
  return both / Math.max(some.size + others.size - both, 1);
}

// The text of the page that is most like another one; none if little is alike.
function likest(text) {
  const words = wordsOf(text);
  const ranked = [...document.querySelectorAll(TEXTS)].map((block) => [likeness(words, wordsOf(block.textContent)), block])
    .sort(([one], [other]) => other - one);
  return ranked[0]?.[0] > 0.4 ? ranked[0][1] : null;
}

function show({ id, text, isFront }) {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  if (isFront) return scrollTo({ top: 0, behavior });
  const block = (id && document.getElementById(id)) || likest(text ?? "");
  block?.scrollIntoView({ block: "center", behavior });
}

const shownOtherwise = () => own?.shadowRoot?.querySelector("iframe")?.contentWindow;

function talkToEditor() {
  addEventListener("message", ({ source, data }) => {
    if (source === parent && data?.broadsheet === "show") {
      show(data);
      shownOtherwise()?.postMessage(data, location.origin);
    } else if (source === shownOtherwise() && ["clicked", "place"].includes(data?.broadsheet)) parent.postMessage(data, "*");
  });
  document.addEventListener("click", (event) => {
    const [target] = event.composedPath();
    const place = target.closest?.("a[data-file]");
    if (place) {
      if (!isInEditor) return;
      event.preventDefault();
      parent.postMessage({ broadsheet: "place", ...place.dataset }, "*");
      return;
    }
    const block = target.closest?.(`figure, ${TEXTS}`);
    if (!block || target.closest("a, button, input, select, summary")) return;
    parent.postMessage({
      broadsheet: "clicked", ids: floatsOf(block), isFront: Boolean(block.closest(".story-head")), text: block.textContent,
    }, isInPreview ? location.origin : "*");
  });
  if (!isInPreview) parent.postMessage({ broadsheet: "here", path: own?.dataset.path ?? pathOf(location) }, "*");
}

// The names of the figures and tables around a part of the page, the inner ones first. A caption's id is not one.
function floatsOf(block) {
  const names = [];
  for (let node = block; node; node = node.parentElement) {
    if (/^(fig|tbl)-/.test(node.id) && node.nodeName !== "FIGCAPTION") names.push(node.id);
  }
  return names;
}

if (!isInPreview) {
  listenWhileSeen();
  document.addEventListener("visibilitychange", listenWhileSeen);
  addEventListener("pagehide", () => events?.close());
  if (isInEditor) talkToEditor();
} else {
  addEventListener("message", ({ source, data }) => {
    if (source === parent && Object.hasOwn(HEARD, data?.preview)) HEARD[data.preview](data.data);
  });
  talkToEditor();
  HEARD.page();  // what has changed while it was loaded
}
