// Puts elements in place of the signs (`marks.ts`) in what JupyterLab has rendered. All texts are text of the DOM: whatever
// a kernel or a notebook says, none of it is read as HTML.

import { SIGN } from "./marks";
import type { Mark } from "./marks";
import { describedResult, isRefuted, plain } from "./result";
import type { Result } from "./result";

export interface Message {
  severity: "error" | "warning" | "info";
  code: string;
  text: string;
}

/** What is known of the marks of a cell. */
export interface Known {
  /** The result of an expression; none before it was evaluated. */
  result: (expression: string) => Result | undefined;
  /** What the words of a claim rest on, by the offset of their beginning. */
  words: (from: number) => { state: string; text: string } | undefined;
  /** The value of a shortcode. */
  shortcode: (text: string) => string | undefined;
  /** Why nothing was evaluated; empty if it was. */
  why: string;
}

/** The most marks within each other: one whose end is in no text stays open. */
const DEEPEST = 20;

/** Put elements in place of the signs in a rendered cell. */
export function putMarks(host: HTMLElement, marks: Mark[], messages: Map<number, Message[]>, known: Known, source: string): void {
  clearAttributes(host, marks, source);
  putDivs(host, marks);
  const open: number[] = [];
  const opened = new Set<number>();
  const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text);
  for (const text of texts) {
    if (!open.length && !SIGN.test(text.data)) continue;
    const fragment = document.createDocumentFragment();
    // Every third piece is plain text; then `/` or nothing, and a number.
    const pieces = text.data.split(new RegExp(SIGN, "g"));
    for (let at = 0; at < pieces.length; at += 3) {
      if (pieces[at]) fragment.append(wrapped(pieces[at], open, marks, messages, known));
      if (at + 2 >= pieces.length) break;
      const index = Number(pieces[at + 2]);
      const mark = marks[index];
      if (!mark) continue;
      if (pieces[at + 1]) {
        const last = open.lastIndexOf(index);
        if (last >= 0) open.splice(last, 1);
      } else if (mark.kind === "problem" || (mark.words && mark.kind !== "choice")) {
        if (!opened.has(index) && open.length < DEEPEST) open.push(index);
        opened.add(index);
      } else fragment.append(wrapped(element(mark, messages.get(index) ?? [], known), open, marks, messages, known));
    }
    text.replaceWith(fragment);
  }
}

// A heading has the name by which the table of contents finds it: that of the source. No other attribute with a sign is
// written anew, since JupyterLab's sanitizer has read it as it was.
function clearAttributes(host: HTMLElement, marks: Mark[], source: string): void {
  const written = (_: string, ends: string, index: string) => {
    const mark = marks[Number(index)];
    if (!mark || mark.kind === "problem") return "";
    if (mark.words && mark.kind !== "choice") return ends ? source.slice(mark.words[1], mark.to) : source.slice(mark.from, mark.words[0]);
    return source.slice(mark.from, mark.to).replace(/^`+|`+$/g, "");
  };
  const all = new RegExp(SIGN, "g");
  for (const part of host.querySelectorAll("*")) {
    for (const { name, value } of [...part.attributes]) {
      if (!SIGN.test(value)) continue;
      const isHeading = /^H[1-6]$/.test(part.tagName) && (name === "id" || name === "data-jupyter-id");
      const isAnchor = part.matches(":is(h1, h2, h3, h4, h5, h6) > a.jp-InternalAnchorLink") && name === "href" && value.startsWith("#");
      if (isHeading || isAnchor) part.setAttribute(name, value.replace(all, written).replace(/ /g, "-"));
      else if (name === "alt" || name === "title") part.setAttribute(name, value.replace(all, ""));
      else part.removeAttribute(name);
    }
  }
}

const CALLOUT = /^callout-(note|tip|warning|important|caution)$/;
const NAMES = new Map([
  ["note", "Note"], ["tip", "Tip"], ["warning", "Warning"], ["important", "Important"], ["caution", "Caution"],
]);

// A line of colons is a paragraph with one sign: what stands between two goes into a box.
function putDivs(host: HTMLElement, marks: Mark[]): void {
  const opened: { box: HTMLElement; parent: Element }[] = [];
  for (const line of [...host.querySelectorAll("p")]) {
    const match = new RegExp(`^${SIGN.source}$`).exec(line.textContent?.trim() ?? "");
    const mark = match && marks[Number(match[2])];
    if (mark?.kind !== "div") continue;
    if (mark.shown) {
      const box = boxOf(mark.shown);
      line.replaceWith(box);
      opened.push({ box, parent: box.parentElement! });
      continue;
    }
    const last = opened.map(({ parent }) => parent).lastIndexOf(line.parentElement!);
    if (last < 0) {
      line.remove();
      continue;
    }
    const { box } = opened[last];
    opened.length = last;
    while (box.nextSibling && box.nextSibling !== line) box.append(box.nextSibling);
    line.remove();
    finishBox(box);
  }
  // Not closed in this cell: the rest of the cell is in it.
  for (const { box } of opened.reverse()) {
    while (box.nextSibling) box.append(box.nextSibling);
    finishBox(box);
  }
}

function boxOf(attributes: string): HTMLElement {
  const { classes, values, id } = parsed(attributes);
  const box = document.createElement("div");
  box.className = "bs-div";
  const callout = classes.map((name) => CALLOUT.exec(name)?.[1]).find(Boolean);
  let label = "";
  if (callout) {
    box.classList.add("bs-callout", `bs-callout-${callout}`);
    label = values.get("title") ?? NAMES.get(callout)!;
    box.dataset.title = values.has("title") ? "given" : "";
  } else if (classes.includes("columns")) {
    box.classList.add("bs-columns");
  } else if (classes.includes("column")) {
    box.classList.add("bs-column");
    const width = values.get("width");
    if (width && /^\d+(\.\d+)?%$/.test(width)) box.style.flexGrow = String(parseFloat(width));
  } else if (classes.includes("content-visible") || classes.includes("content-hidden")) {
    box.classList.add("bs-conditional");
    const conditions = [...values].map(([key, value]) => `${key.replace(/-/g, " ")} ${value}`).join(", ");
    label = `${classes.includes("content-hidden") ? "hidden" : "visible"} ${conditions}`.trim();
  } else if (classes.some((name) => name.includes("margin") || name === "aside")) {
    box.classList.add("bs-margin");
    label = "margin";
  } else {
    box.classList.add("bs-plain");
    label = [...classes, ...(id ? [`#${id}`] : [])].join(" ");
  }
  if (label) {
    const title = document.createElement("div");
    title.className = "bs-label";
    title.textContent = label;
    box.append(title);
  }
  box.title = callout ? "" : attributes.slice(1, -1).trim();
  return box;
}

// A heading at the top of a callout is its title.
function finishBox(box: HTMLElement): void {
  const label = box.querySelector<HTMLElement>(":scope > .bs-label");
  const heading = label?.nextElementSibling;
  if (label && heading && box.matches(".bs-callout[data-title='']") && /^H[1-6]$/.test(heading.tagName)) {
    label.replaceChildren(...[...heading.childNodes].filter((node) => !(node as Element).classList?.contains("jp-InternalAnchorLink")));
    heading.remove();
  }
}

/** Return the parts of attributes such as `{#id .class key="value"}`. */
export function parsed(attributes: string): { id: string; classes: string[]; values: Map<string, string> } {
  const classes: string[] = [];
  const values = new Map<string, string>();
  let id = "";
  const parts = /#([\p{L}\p{N}_:.-]+)|\.([\p{L}\p{N}_-]+)|([\p{L}\p{N}_-]+)=(?:"([^"]*)"|'([^']*)'|([^\s}]+))/gu;
  for (const [, name, kind, key, double, single, bare] of attributes.matchAll(parts)) {
    if (name) id = name;
    if (kind) classes.push(kind);
    if (key) values.set(key, double ?? single ?? bare);
  }
  return { id, classes, values };
}

// A text within the words of open marks.
function wrapped(content: Node | string, open: number[], marks: Mark[], messages: Map<number, Message[]>, known: Known): Node {
  let node: Node = typeof content === "string" ? document.createTextNode(content) : content;
  for (const index of [...open].reverse()) {
    const shell = shellOf(marks[index], messages.get(index) ?? [], known);
    shell.append(node);
    node = shell;
  }
  return node;
}

function shellOf(mark: Mark, messages: Message[], known: Known): HTMLElement {
  if (mark.kind === "claim") {
    const result = known.result(mark.expression!);
    const shell = stateOf(result, "claim", `condition: ${mark.shown}`, known);
    const words = known.words(mark.words![0]);
    if (words && !contradicts(result, words)) {
      shell.dataset.state = words.state;
      shell.title = plain(words.text);
    }
    return withMessages(shell, messages);
  }
  const shell = document.createElement("span");
  if (mark.kind === "problem") return withMessages(shell, messages);
  const { classes } = parsed(mark.shown);
  shell.className = "bs-span";
  for (const name of ["smallcaps", "mark", "underline"]) if (classes.includes(name)) shell.classList.add(`bs-${name}`);
  shell.title = mark.shown;
  return withMessages(shell, messages);
}

function element(mark: Mark, messages: Message[], known: Known): HTMLElement {
  if (mark.kind === "value" || mark.kind === "choice") {
    const result = known.result(mark.expression!);
    const shell = stateOf(result, mark.kind, mark.kind === "choice" ? `chosen by: ${mark.shown}` : mark.shown, known);
    if (result && !result.error) {
      shell.textContent = result.text ?? result.markdown ?? "";
      const words = mark.kind === "choice" ? known.words(mark.words![0]) : undefined;
      if (words && !contradicts(result, words)) {
        shell.dataset.state = words.state;
        shell.title = plain(words.text);
      }
      if (result.text === undefined) shell.title = `Markdown, which the page renders: ${mark.shown}`;
    } else {
      const code = document.createElement("code");
      const words = mark.kind === "choice" ? /^\[([\s\S]*)\]/.exec(mark.expression!)![1].split("|").join(" | ") : mark.shown;
      code.textContent = words;
      shell.append(code);
    }
    return withMessages(shell, messages);
  }
  const shell = document.createElement("span");
  shell.className = `bs-${mark.kind}`;
  if (mark.kind === "shortcode") {
    const value = known.shortcode(mark.expression!);
    shell.textContent = value ?? mark.shown;
    shell.dataset.state = value === undefined ? "waiting" : "value";
    shell.title = mark.expression!;
  } else if (mark.kind === "attributes") {
    shell.title = mark.shown;
  } else if (mark.kind === "div") {
    shell.textContent = "";
  } else {
    shell.textContent = mark.shown.replace(/@/g, "");
    shell.title = mark.kind === "citation" ? `the source ${mark.shown}` : `the part ${mark.shown}`;
  }
  return withMessages(shell, messages);
}

// The server judges words by results that may be older than this one.
const contradicts = (result: Result | undefined, words: { state: string }) =>
  Boolean(result && (result.error || (isRefuted(result) && words.state !== "false")));

// A value or a claim with its state: waiting, error, value (nothing is known of it), bound, true or false.
function stateOf(result: Result | undefined, kind: string, written: string, known: Known): HTMLElement {
  const shell = document.createElement("span");
  shell.className = `bs-value bs-${kind}`;
  const said = result ? describedResult(result) : known.why;
  shell.title = [written, said].filter(Boolean).join("\n");
  if (!result) shell.dataset.state = "waiting";
  else if (result.error) shell.dataset.state = "error";
  else if (isRefuted(result)) shell.dataset.state = "false";
  else if (Object.keys(result.claims ?? {}).length) shell.dataset.state = "true";
  else shell.dataset.state = Object.keys(result.facts ?? {}).length ? "bound" : "value";
  return shell;
}

function withMessages(shell: HTMLElement, messages: Message[]): HTMLElement {
  if (!messages.length) return shell;
  const worst = ["error", "warning", "info"].find((level) => messages.some(({ severity }) => severity === level))!;
  shell.classList.add("bs-problem", `bs-${worst}`);
  if (messages.some(({ code }) => code.startsWith("unbound-"))) shell.classList.add("bs-unaccounted");
  shell.title = [...messages.map(({ text }) => plain(text)), shell.title].filter(Boolean).join("\n");
  return shell;
}
