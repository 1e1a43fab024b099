// What of Quarto's Markdown JupyterLab does not know: inline values, words of claims, divs, references, citations,
// shortcodes, attributes. Each is found in the source of a cell. In the text that JupyterLab renders, a sign stands in its
// place, which Markdown leaves alone, or one before its words and one behind them. No text of a value is ever rendered.

export interface Mark {
  kind: "value" | "claim" | "choice" | "span" | "reference" | "citation" | "shortcode" | "attributes" | "div" | "problem";
  /** The first offset in the source. */
  from: number;
  /** The offset behind the last one. */
  to: number;
  /** What is evaluated, as the program names it: the code of a value, the source of a choice, the attribute of a claim. */
  expression?: string;
  /** What is shown without a value: the code, the condition, the key; of a span, a heading and a div its attributes. */
  shown: string;
  /** The words between brackets: where they begin and end. */
  words?: [number, number];
}

/** A part of the source that a message is about. */
export interface Stretch {
  from: number;
  to: number;
  /** The number of the message. */
  index: number;
}

export interface Marked {
  /** The text for JupyterLab, with signs. */
  text: string;
  marks: Mark[];
  /** The messages about parts that are no text there, by the number of the mark. */
  messages: Map<number, number[]>;
}

// No text of a notebook can have the number of this page, not even by entities of HTML: so it holds no sign.
const OPEN = `\uE000${[...crypto.getRandomValues(new Uint32Array(4))].map((number) => number.toString(36)).join("")}`;
const CLOSE = "\uE001";
/** A sign: the number of a mark, before it `/` at the end of its words. */
export const SIGN = new RegExp(`${OPEN}(/?)(\\d+)${CLOSE}`);

const FENCE = /^ {0,3}(`{3,}|~{3,})[^\n]*(?:\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))|$)/gm;
const DIV = /^ {0,3}:{3,}[ \t]*(?:(\{[^{}\n]*\})[ \t:]*|([\p{L}\p{N}_-]+)[ \t:]*)?$/gmu;
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const MATHS = /\$\$[\s\S]+?\$\$|(?<![\\$\w])\$(?=[^\s$\d])(?:[^$\\\n]|\\.)+?(?<=\S)\$(?!\d)/g;
const CODE = /(?<!`)(`+)(?!`)([\s\S]+?)(?<!`)\1(?!`)/g;
const PYTHON = /^\{python\}[ \t]([\s\S]+)$/;
const SHORTCODE = /\{\{<(?!\/\*)[\s\S]{0,1000}?>\}\}(?!\})/g;
const HEADING = /^( {0,3}#{1,6}[ \t])[^\n]*?(\{[^{}\n]*\})[ \t]*$/gm;
const REFERENCE = /(?<![\p{L}\p{N}_\\@/.])(-?)@(?:\{([^{}\s]+)\}|([\p{L}\p{N}_](?:[\p{L}\p{N}_:.#$%&+?<>~/-]*[\p{L}\p{N}_])?))/gu;
const BRACKETS = /\[[^\[\]\n]*\](?![({])/g;
const LABELS = /^(fig|tbl|lst|sec|eq|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|tip|nte|wrn|imp|cau|supplement)-/i;
const ALTERNATIVES = /^(?:[^\[\]`]|`[^`]*`|\[[^\[\]`]*\])*$/;
const CHOICE = /^\{(?:by|if)=(?:"[^"]*"|'[^']*')\}$/;
const CONDITION = /(?:^|[\s{])(claim|by|if)=(?:"([^"]*)"|'([^']*)')/;

const remembered = new Map<string, readonly Mark[]>();
const MOST_REMEMBERED = 500;

/** Return the marks of a cell's source, in order; those of words in brackets before what is in them. */
export function marksOf(source: string): readonly Mark[] {
  const marks = remembered.get(source) ?? marksIn(source);
  remembered.delete(source);
  remembered.set(source, marks);
  if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return marks;
}

function marksIn(source: string): readonly Mark[] {
  const marks: Mark[] = [];
  const taken = new Uint8Array(source.length);  // 1 for each character of what was found
  const isFree = (from: number, to: number) => !taken.subarray(from, to).includes(1);
  const each = (pattern: RegExp, use: (match: RegExpMatchArray, from: number, to: number) => Mark | null) => {
    for (const match of source.matchAll(pattern)) {
      const from = match.index!;
      const to = from + match[0].length;
      if (!isFree(from, to)) continue;
      const mark = use(match, from, to);
      if (mark) marks.push(mark);
      taken.fill(1, mark?.from ?? from, mark?.to ?? to);
    }
  };
  each(FENCE, () => null);
  each(DIV, ([, braces, name], from, to) => ({ kind: "div", from, to, shown: braces ?? (name ? `{.${name}}` : "") }));
  each(COMMENT, () => null);
  each(CODE, ([, , inner], from, to) => {
    const code = PYTHON.exec(inner)?.[1].trim();
    return code ? { kind: "value", from, to, expression: code, shown: code } : null;
  });
  each(MATHS, () => null);
  each(SHORTCODE, ([text], from, to) => ({ kind: "shortcode", from, to, shown: text.slice(3, -3).trim(), expression: text }));
  for (const match of source.matchAll(HEADING)) {
    const to = match.index! + match[0].trimEnd().length;
    const text = source.slice(match.index! + match[1].length, to - match[2].length).trimEnd();
    const from = match.index! + match[1].length + text.length;
    if (!text.endsWith("]") && isFree(from, to)) {
      marks.push({ kind: "attributes", from, to, shown: match[2] });
      taken.fill(1, from, to);
    }
  }
  const spans = bracketed(source, taken);
  for (const { from, to, words, attributes } of spans) {
    const [, kind, quoted, other] = CONDITION.exec(attributes) ?? [];
    const condition = quoted ?? other;
    const inner = source.slice(...words);
    if (CHOICE.test(attributes) && ALTERNATIVES.test(inner)) {
      marks.push({ kind: "choice", from, to, expression: source.slice(from, to).trim(), shown: condition, words });
    } else if (kind === "claim") {
      const expression = CONDITION.exec(attributes)![0].replace(/^[\s{]/, "");
      marks.push({ kind: "claim", from, to, expression, shown: condition, words });
    } else {
      marks.push({ kind: "span", from, to, shown: attributes, words });
    }
  }
  const chosen = new Uint8Array(source.length);
  for (const { kind, from, to } of marks) if (kind === "choice") chosen.fill(1, from, to);
  const kept = marks.filter(({ kind, from }) => kind === "choice" || !chosen[from]);
  for (const { kind, from, to } of kept) if (kind === "choice") taken.fill(1, from, to);
  for (const { words, to } of spans) taken.fill(1, words[1], to);
  marks.length = 0;
  for (const mark of kept) marks.push(mark);
  for (const match of source.matchAll(BRACKETS)) {
    const from = match.index!;
    const to = from + match[0].length;
    const keys = [...match[0].matchAll(REFERENCE)].map(([, , braced, key]) => braced ?? key);
    if (!keys.length || !isFree(from, to)) continue;
    const kind = keys.some((key) => LABELS.test(key)) ? "reference" : "citation";
    marks.push({ kind, from, to, shown: match[0].slice(1, -1) });
    taken.fill(1, from, to);
  }
  each(REFERENCE, ([, , braced, key], from, to) => {
    const shown = braced ?? key;
    return { kind: LABELS.test(shown) ? "reference" : "citation", from, to, shown };
  });
  return marks.sort((a, b) => a.from - b.from || b.to - a.to);
}

/** Return the source of a cell with signs in place of its marks, and of the parts that messages are about. */
export function marked(source: string, marks: readonly Mark[], stretches: Stretch[]): Marked {
  const cuts: { from: number; to: number; text: string; order: number }[] = [];
  const all = [...marks];
  const messages = new Map<number, number[]>();
  const sign = (index: number, ends = false) => `${OPEN}${ends ? "/" : ""}${index}${CLOSE}`;
  marks.forEach((mark, index) => {
    if (mark.kind === "div") {
      cuts.push({ from: mark.from, to: mark.to, text: `\n${sign(index)}\n`, order: 0 });
    } else if (mark.words && mark.kind !== "choice") {
      const [start, end] = mark.words;
      cuts.push({ from: mark.from, to: start, text: sign(index), order: mark.from - mark.to });
      cuts.push({ from: end, to: mark.to, text: sign(index, true), order: mark.to - mark.from });
    } else {
      cuts.push({ from: mark.from, to: mark.to, text: sign(index), order: 0 });
    }
  });
  const isWithin = new Uint8Array(source.length + 1);  // 1 where a cut has begun and has not ended
  for (const { from, to } of cuts) isWithin.fill(1, from + 1, Math.max(to, from + 1));
  const leaves = new Int32Array(source.length + 1).fill(-1);
  marks.forEach((mark, at) => { if (!mark.words || mark.kind === "choice") leaves.fill(at, mark.from, mark.to); });
  for (const { from, to, index } of stretches) {
    const within = leaves[from] >= 0 && to <= marks[leaves[from]].to ? leaves[from] : -1;
    const isCut = isWithin[from] || isWithin[to];
    const words = isCut ? marks.findIndex((mark) => mark.from <= from && to <= mark.to) : -1;
    if (within >= 0 || words >= 0) {
      const at = within >= 0 ? within : words;
      messages.set(at, [...(messages.get(at) ?? []), index]);
    } else if (!isCut && from < to && !/\n[ \t]*\n/.test(source.slice(from, to))) {
      const at = all.push({ kind: "problem", from, to, shown: "" }) - 1;
      messages.set(at, [index]);
      cuts.push({ from, to: from, text: sign(at), order: from - to });
      cuts.push({ from: to, to, text: sign(at, true), order: to - from });
    }
  }
  // At one offset, what ends comes before what begins; of those that begin, the longer first; of those that end, the shorter.
  const ends = ({ text }: { text: string }) => (text.startsWith(`${OPEN}/`) ? 0 : 1);
  cuts.sort((a, b) => a.from - b.from || ends(a) - ends(b) || a.order - b.order);
  let text = "";
  let end = 0;
  const plain = (from: number, to: number) => source.slice(from, to).replace(/[\uE000\uE001]/g, "\uFFFD");
  for (const cut of cuts) {
    if (cut.from < end) continue;
    text += plain(end, cut.from) + cut.text;
    end = cut.to;
  }
  return { text: text + plain(end, source.length), marks: all, messages };
}

interface Bracketed {
  from: number;
  to: number;
  words: [number, number];
  attributes: string;
}

// Words in brackets with attributes, and the attributes behind a picture or a link.
function bracketed(source: string, taken: Uint8Array): Bracketed[] {
  const found: Bracketed[] = [];
  const opened: number[] = [];
  for (let at = 0; at < source.length; at += 1) {
    if (taken[at]) continue;
    const sign = source[at];
    if (sign === "\\") at += 1;
    else if (sign === "\n" && /^[ \t]*\n/.test(source.slice(at + 1, at + 200))) opened.length = 0;
    else if (sign === "[") opened.push(at);
    else if (sign === "]" && opened.length) {
      const from = opened.pop()!;
      const attributes = /^\{(?:[^{}"']|"[^"]*"|'[^']*')*\}/.exec(source.slice(at + 1, at + 2000))?.[0];
      const link = /^\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)(\{[^{}\n]*\})/.exec(source.slice(at + 1, at + 2000));
      if (attributes) found.push({ from, to: at + 1 + attributes.length, words: [from + 1, at], attributes });
      else if (link) {
        const end = at + 1 + link[0].length;
        const start = end - link[1].length;
        found.push({ from: start, to: end, words: [start, start], attributes: link[1] });
      }
      if (attributes) at += attributes.length;
      else if (link) at += link[0].length;
    }
  }
  return found;
}
