// Shows what facts and claims rest on, beside their words: a card with their entries in the list "How we know". It opens when
// a reader points at the words or taps them. By keyboard, a reader stops once in a paragraph, and the card shows all that the
// paragraph rests on. It closes at Escape. The words are a link to their entry, with this script and without it.

const GAP = 8;
const card = document.createElement("div");
let shown = null;
let timer = 0;

card.id = "known-card";
card.className = "known-card";
card.popover = "manual";
card.setAttribute("role", "note");
document.querySelector("main").append(card);

const BLOCKS = "p, li, figcaption, td, th, dd, dt, h1, h2, h3, h4, h5, h6, blockquote, summary, div";

function namesOf(mark) {
  return mark.dataset.known?.split(" ") ?? [decodeURIComponent(mark.hash.slice(1))];
}

function entriesOf(marks) {
  const names = new Set([...marks].flatMap(namesOf));
  return [...names].map((name) => document.getElementById(name)).filter(Boolean);
}

function inParagraph(mark) {
  return mark.closest(BLOCKS).querySelectorAll("a.fact, a.claim, [data-known]");
}

function copyOf(entry) {
  const copy = document.createElement("div");
  copy.append(...entry.cloneNode(true).childNodes);
  for (const gone of copy.querySelectorAll(".known-back, [id]")) gone.remove();
  return copy;
}

function place(mark) {
  const lines = mark.getClientRects();
  const words = lines[0] ?? mark.getBoundingClientRect();
  const last = lines[lines.length - 1] ?? words;
  const left = Math.min(Math.max(GAP, words.left), document.documentElement.clientWidth - card.offsetWidth - GAP);
  const below = last.bottom + GAP;
  const fits = below + card.offsetHeight <= window.innerHeight || words.top < card.offsetHeight + GAP;
  card.style.left = `${left}px`;
  card.style.top = `${fits ? below : words.top - card.offsetHeight - GAP}px`;
}

function show(mark, rest = [mark]) {
  clearTimeout(timer);
  const entries = entriesOf(rest);
  if (!entries.length || shown === mark) return;
  hide();
  const more = document.createElement("a");
  more.className = "known-more";
  more.href = mark.hash;
  more.textContent = document.getElementById("how-we-know").textContent;
  card.replaceChildren(...entries.map(copyOf), more);
  mark.setAttribute("aria-describedby", card.id);
  shown = mark;
  card.showPopover();
  place(mark);
}

function hide() {
  clearTimeout(timer);
  if (!shown) return;
  shown.removeAttribute("aria-describedby");
  shown = null;
  card.hidePopover();
}

function later(action) {
  clearTimeout(timer);
  timer = setTimeout(action, 180);
}

function watch(mark) {
  mark.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && later(() => show(mark)));
  mark.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && later(hide));
  mark.addEventListener("focus", () => mark.matches(":focus-visible") && show(mark, inParagraph(mark)));
  mark.addEventListener("blur", () => later(hide));
  mark.addEventListener("click", (event) => {
    if (event.pointerType === "mouse" || event.pointerType === "" || shown === mark) return hide();
    event.preventDefault();  // the first tap opens the card, the second follows the link
    show(mark);
  });
}

function begin(root) {
  root.querySelectorAll("a.fact, a.claim").forEach(watch);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));

// The list is folded. Most browsers unfold it when a link leads into it; this does it for the others.
function reveal() {
  const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = entry?.closest(".known details:not([open])");
  if (!folded) return;
  folded.open = true;
  entry.scrollIntoView();
}

card.addEventListener("pointerenter", () => clearTimeout(timer));
card.addEventListener("pointerleave", () => later(hide));
card.addEventListener("click", (event) => event.target.closest("a") && hide());
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("pointerdown", (event) => shown && !event.target.closest(".known-card, .fact, .claim") && hide());
window.addEventListener("hashchange", reveal);
window.addEventListener("scroll", () => shown && place(shown), { passive: true });
reveal();
