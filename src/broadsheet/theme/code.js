// Gives code a button that copies it, and shows the notes on its lines where a reader points at a line's number, or chooses it.
// Without this script the code is whole, and its notes are a list below it. Its words are in the script's own data attribute.

const words = JSON.parse(document.querySelector("script[data-code-words]")?.dataset.codeWords ?? "{}");
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const said = make("p", { className: "visually-hidden", role: "status" });
(document.querySelector("main") ?? document.body).append(said);

function textOf(pre) {
  const code = pre.cloneNode(true);
  for (const mark of code.querySelectorAll(".code-annotation-anchor")) mark.remove();
  return code.textContent.replace(/\n$/, "");
}

// Pages without TLS have no clipboard; a field that is selected can be copied from.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { value: text, className: "visually-hidden" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

function copyable(pre) {
  const button = make("button", { type: "button", className: "code-copy-button", textContent: words.copy, title: words.title });
  const tell = (text) => { button.textContent = said.textContent = text; };
  button.addEventListener("click", () => copy(textOf(pre)).then(() => tell(words.copied), () => tell(words.failed)));
  // What was said of the last copy is true until the reader turns to something else.
  for (const leaves of ["blur", "pointerleave"]) button.addEventListener(leaves, () => { button.textContent = words.copy; });
  pre.after(button);
}

function explained(list) {
  const opens = list.dataset.trigger === "click" ? [] : ["pointerenter", "focus"];
  const cell = document.getElementById(list.querySelector("[data-target-cell]").dataset.targetCell);
  const note = make("div", { className: "code-annotation-note", hidden: true });
  cell.append(note);
  let shown = null;
  let isPinned = false;

  const lines = (button) => {
    const numbers = list.querySelector(`[data-code-annotation="${button.dataset.targetAnnotation}"]`).dataset.codeLines.split(",");
    return numbers.map((number) => document.getElementById(`${cell.id}-${number}`)).filter(Boolean);
  };
  const close = () => {
    if (!shown) return;
    for (const line of lines(shown)) line.classList.remove("is-explained");
    shown.setAttribute("aria-expanded", "false");
    note.hidden = true;
    shown = null;
    isPinned = false;
  };
  const open = (button) => {
    if (shown === button) return;
    close();
    shown = button;
    for (const line of lines(button)) line.classList.add("is-explained");
    const entry = document.getElementById(button.hash.slice(1));
    note.replaceChildren(...[...entry.childNodes].map((part) => part.cloneNode(true)));
    for (const part of note.querySelectorAll("[id]")) part.removeAttribute("id");
    note.hidden = false;
    note.style.top = `${button.getBoundingClientRect().bottom - cell.getBoundingClientRect().top + 4}px`;
    button.setAttribute("aria-expanded", "true");
  };

  for (const button of cell.querySelectorAll("a.code-annotation-anchor")) {
    button.role = "button";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-describedby", button.hash.slice(1));
    for (const event of opens) button.addEventListener(event, () => { if (!isPinned) open(button); });
    button.addEventListener("pointerleave", () => { if (opens.length && !isPinned && document.activeElement !== button) close(); });
    button.addEventListener("blur", () => { if (!isPinned) close(); });
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const isSecond = isPinned && shown === button;
      if (isSecond) return close();
      open(button);
      isPinned = true;
    });
    button.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); button.click(); } });
  }
  cell.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  document.addEventListener("click", (event) => { if (!cell.contains(event.target)) close(); });
  list.classList.add("is-live");
}

function begin(root) {
  root.querySelectorAll("pre.code-with-copy").forEach(copyable);
  root.querySelectorAll("dl.code-annotation-container-hidden").forEach(explained);
}

begin(document);
addEventListener("page-added", ({ detail }) => begin(detail));
