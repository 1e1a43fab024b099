// An open notebook: the values of its prose, from its kernel, and what the server says of its text.
//
// An expression is code, and Jupyter's trust says nothing of it: a notebook without outputs is trusted. So the expressions of
// a Markdown cell are evaluated only when its reader has run all code above it here, or has allowed it for the notebook.
// When a cell is run, the expressions below it, up to the next cell of code, are sent right behind it: they have the
// values that they have in a build. When all that was asked for has run, the Markdown further down is evaluated, too.

import type { Cell, ICellModel, MarkdownCell } from "@jupyterlab/cells";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { MimeModel } from "@jupyterlab/rendermime";
import { KernelMessage } from "@jupyterlab/services";
import type { Kernel, ServerConnection } from "@jupyterlab/services";
import { Signal } from "@lumino/signaling";
import { marked, marksOf } from "./marks";
import type { Stretch } from "./marks";
import { putMarks } from "./rendering";
import type { Message } from "./rendering";
import { evaluated } from "./result";
import type { Result } from "./result";
import { ask } from "./server";
import type { CellText, Problem, Report, Words } from "./server";

const PAUSE = 400;
const NOTHING: Report = { problems: [], claims: [], shortcodes: {}, editions: [], why: "" };

const WHY_NOT = "not evaluated: run all cells of code above, or choose “Show the Values of This Notebook” among the commands";

interface RenderedAs {
  source: string;
  state: string;
}

export class Article {
  /** The last answer of the server. */
  report: Report = NOTHING;
  /** There is another report. */
  readonly changed = new Signal<this, void>(this);

  private readonly results = new Map<string, Map<string, Result>>();
  private readonly wrapped = new WeakSet<object>();
  private readonly rendered = new WeakMap<object, RenderedAs>();
  private kernel: Kernel.IKernelConnection | null = null;
  private language = "";
  // Cells as they were opened: what is read from the disk again has other ones, and is another's text until its reader says so.
  private allowed = new WeakSet<ICellModel>();
  private ran = new WeakSet<ICellModel>();
  private elsewhere: string | null = null;
  private running = new Set<string>();
  private batch = new Set<string>();
  private readonly awaited = new Set<ICellModel>();
  private reported: CellText[] = [];
  private timer = 0;
  private isAsking = false;
  private mustAsk = false;

  constructor(readonly panel: NotebookPanel, private readonly settings: ServerConnection.ISettings) {
    const { sessionContext, content, context } = panel;
    sessionContext.kernelChanged.connect(() => this.takeKernel());
    sessionContext.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting" || status === "dead") this.forget();
    });
    content.modelContentChanged.connect(() => this.changedSoon());
    context.saveState.connect((_, state) => { if (state === "completed") this.askAnew(); });
    context.pathChanged.connect(() => this.askAnew());
    content.activeCellChanged.connect(() => this.wrapAll());
    panel.disposed.connect(() => {
      clearTimeout(this.timer);
      this.takeKernel();
      Signal.clearData(this);
    });
    void context.ready.then(() => {
      this.takeKernel();
      this.changedSoon();
      this.wrapAll();
      this.askSoon();
    });
  }

  /** The path of the notebook, from the root of the Jupyter server. */
  get path(): string {
    return this.panel.context.localPath;
  }

  /** True if the notebook is in a publication, by the last report. */
  get isInPublication(): boolean {
    return this.report !== NOTHING && !this.report.why;
  }

  /** Let the expressions of this notebook be evaluated, whoever wrote them and whatever was run. */
  allow(): void {
    this.allowed = new WeakSet(this.models());
    void this.evaluate(this.models());
    this.renderAll();
  }

  /** The cells as the server reads them. */
  texts(): CellText[] {
    return this.models().map((model) => {
      const tags = model.getMetadata("tags");
      return {
        kind: model.type,
        text: model.sharedModel.getSource(),
        tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [],
      };
    });
  }

  /** The problems of a cell, if the report is about the text that it has now. */
  problemsOf(model: ICellModel): Problem[] {
    const at = this.models().indexOf(model);
    return this.isCurrent(at, model) ? this.report.problems.filter(({ cell }) => cell === at) : [];
  }

  /** True if a cell has the text that the report is about, and may be edited. */
  mayMend(at: number): boolean {
    const { model, widgets } = this.panel.content;
    const cell = model?.cells.get(at);
    return Boolean(cell && this.isCurrent(at, cell) && !model!.readOnly && cell.getMetadata("editable") !== false && !widgets[at]?.readOnly);
  }

  private askAnew(): void {
    this.elsewhere = null;
    this.askSoon();
  }

  /** Ask the server for a report, in a moment; of a notebook that is in no publication, when it is saved or moved. */
  askSoon(): void {
    if (this.elsewhere === this.path) return;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.askNow(), PAUSE);
  }

  private models(): ICellModel[] {
    const cells = this.panel.content.model?.cells;
    return cells ? Array.from({ length: cells.length }, (_, at) => cells.get(at)) : [];
  }

  private isCurrent(at: number, model: ICellModel): boolean {
    return at >= 0 && this.reported[at]?.text === model.sharedModel.getSource() && this.reported[at]?.kind === model.type;
  }

  private async askNow(): Promise<void> {
    if (this.panel.isDisposed) return;
    if (this.isAsking) {
      this.mustAsk = true;
      return;
    }
    this.isAsking = true;
    const { path } = this;
    const cells = this.texts();
    const results = this.models().flatMap((model, cell) =>
      [...this.results.get(model.sharedModel.getId())?.values() ?? []].map((result) => ({ ...result, cell })));
    try {
      this.report = await ask<Report>(this.settings, "article", { path, cells, results });
      this.elsewhere = this.report.why ? path : null;
    } catch (error) {
      this.report = { ...NOTHING, why: (error as Error).message };
    }
    this.isAsking = false;
    if (this.panel.isDisposed) return;
    this.reported = cells;
    this.changed.emit();
    this.renderAll();
    if (this.mustAsk) {
      this.mustAsk = false;
      this.askSoon();
    }
  }

  // Values

  private takeKernel(): void {
    const kernel = this.panel.isDisposed ? null : this.panel.sessionContext.session?.kernel ?? null;
    if (kernel === this.kernel) return;
    this.kernel?.anyMessage.disconnect(this.hear, this);
    this.kernel = kernel;
    this.kernel?.anyMessage.connect(this.hear, this);
    const { specs } = this.panel.sessionContext.specsManager;
    this.language = (kernel && specs?.kernelspecs[kernel.name]?.language) ?? "";
    void kernel?.info.then(({ language_info }) => {
      if (kernel === this.kernel) this.language = language_info.name;
    }, () => undefined);
    if (!this.panel.isDisposed) this.forget();
  }

  private forget(): void {
    this.ran = new WeakSet();
    this.running.clear();
    this.batch.clear();
    this.results.clear();
    this.renderAll();
  }

  private hear(_: unknown, { msg, direction }: Kernel.IAnyMessageArgs): void {
    if (direction === "send" && msg.header.msg_type === "execute_request") {
      const id = (msg.metadata as { cellId?: unknown }).cellId;
      const places = this.models().flatMap((model, at) => (model.sharedModel.getId() === id ? [at] : []));
      if (typeof id !== "string" || places.length !== 1) return;  // of two cells with one id, neither is known to have run
      const [at] = places;
      this.ran.add(this.models()[at]);
      this.running.add(msg.header.msg_id);
      this.batch.add(id);
      const below = this.models().slice(at + 1);
      const next = below.findIndex((model) => model.type === "code");
      void this.evaluate(next < 0 ? below : below.slice(0, next));
    } else if (direction === "recv" && msg.header.msg_type === "execute_reply") {
      const request = (msg.parent_header as KernelMessage.IHeader).msg_id;
      if (this.running.delete(request) && !this.running.size) this.finish();
    }
  }

  // What stands below the first cell that ran, and was not evaluated behind a cell, and what was never evaluated.
  private finish(): void {
    const rest: ICellModel[] = [];
    let isBelow = false;
    let isBehind = false;
    for (const model of this.models()) {
      if (model.type === "code") {
        isBehind = this.batch.has(model.sharedModel.getId());
        isBelow ||= isBehind;
      } else if ((isBelow && !isBehind) || this.lacking(model)) {
        rest.push(model);
      }
    }
    this.batch.clear();
    void this.evaluate(rest);
  }

  private expressionsOf(model: ICellModel): string[] {
    if (model.type !== "markdown") return [];
    return [...new Set(marksOf(model.sharedModel.getSource()).flatMap(({ kind, expression }) =>
      (expression && kind !== "shortcode" ? [expression] : [])))];
  }

  // What the kernel was asked for is on its way: asked again, it would have the values of a later place.
  private lacking(model: ICellModel): boolean {
    if (this.awaited.has(model)) return false;
    const results = this.results.get(model.sharedModel.getId());
    return this.expressionsOf(model).some((expression) => !results?.has(expression));
  }

  // The request is sent before this returns, so it is behind those that were sent before, and before any other.
  private async evaluate(models: ICellModel[]): Promise<void> {
    const { kernel } = this;
    const cells = models.filter((model) => this.mayEvaluate(model))
      .map((model) => ({ model, expressions: this.expressionsOf(model) })).filter(({ expressions }) => expressions.length);
    if (!kernel || !cells.length || this.language.toLowerCase() !== "python") return;
    for (const { model } of cells) this.awaited.add(model);
    const results = await evaluated(kernel, [...new Set(cells.flatMap(({ expressions }) => expressions))])
      .catch((error: Error) => { console.debug("broadsheet-lab:", error.message); return []; });
    for (const { model } of cells) this.awaited.delete(model);
    if (kernel !== this.kernel) return;
    const named = new Map(results.map((result) => [result.expression, result]));
    for (const { model, expressions } of cells) {
      const entries = expressions.flatMap((expression) => (named.has(expression) ? [[expression, named.get(expression)!] as const] : []));
      this.results.set(model.sharedModel.getId(), new Map(entries));
    }
    this.renderAll();
    this.askSoon();
  }

  private mayEvaluate(model: ICellModel): boolean {
    const models = this.models();
    if (models.some((each) => this.allowed.has(each))) return true;
    let hasRun = false;
    for (const each of models) {
      if (each === model) return hasRun;
      if (each.type !== "code") continue;
      if (this.ran.has(each)) hasRun = true;
      else if (each.sharedModel.getSource().trim()) return false;
    }
    return false;
  }

  // Cells

  private changedSoon(): void {
    void Promise.resolve().then(() => this.wrapAll());  // the text is told of before its cells are there
    this.askSoon();
  }

  private wrapAll(): void {
    if (this.panel.isDisposed) return;
    for (const cell of this.panel.content.widgets) if (cell.model?.type === "markdown") this.wrap(cell as MarkdownCell);
  }

  // The renderer of a Markdown cell gets the text with signs, and the elements are put in when it has rendered that.
  private wrap(cell: MarkdownCell): void {
    const { renderer } = cell;
    if (!renderer || this.wrapped.has(renderer)) return;
    this.wrapped.add(renderer);
    cell.inViewportChanged.connect(() => this.render(cell));
    cell.renderedChanged.connect(() => this.render(cell));
    const render = renderer.renderModel.bind(renderer);
    // One rendering after the other, and of those that wait only the last: two at once would leave the text of either.
    let turns = 0;
    let last: Promise<void> = Promise.resolve();
    renderer.renderModel = (model) => {
      turns += 1;
      const turn = turns;
      const next = last.catch(() => undefined).then(() => (turn === turns && !cell.isDisposed ? renderMarked(model) : undefined));
      last = next;
      return next;
    };
    const renderMarked: typeof render = async (model) => {
      const source = model.data["text/markdown"];
      const own = cell.model?.sharedModel.getSource();
      if (typeof source !== "string" || !own || source !== own) return render(model);
      const now = this.stateOf(cell, source);
      this.rendered.set(cell, { source, state: now.state });
      if (!now.marks.length) return render(model);
      await render(new MimeModel({ data: { "text/markdown": now.text }, trusted: model.trusted }));
      if (!cell.isDisposed) putMarks(renderer.node, now.marks, now.messages, now.known, source);
      if (this.lacking(cell.model) && !this.running.size) void this.evaluate([cell.model]);
    };
    this.render(cell);
  }

  private renderAll(): void {
    for (const cell of this.panel.content.widgets) if (cell.model?.type === "markdown") this.render(cell as MarkdownCell);
  }

  // Render a cell again if what is known of it has changed.
  private render(cell: MarkdownCell): void {
    if (!this.wrapped.has(cell.renderer) || !cell.rendered || !cell.inViewport) return;
    const source = cell.model.sharedModel.getSource();
    const last = this.rendered.get(cell);
    if (!source || (last?.source === source && last.state === this.stateOf(cell, source).state)) return;
    void cell.renderer.renderModel(new MimeModel({ data: { "text/markdown": source } }));
  }

  private stateOf(cell: Cell, source: string) {
    const model = cell.model;
    const at = this.models().indexOf(model);
    const isCurrent = this.isCurrent(at, model);
    const offsets = lineOffsets(source);
    const offset = (line: number, column: number) => Math.min((offsets[line] ?? source.length) + column, source.length);
    const problems = this.problemsOf(model);
    const words = new Map<number, Words>();
    if (isCurrent) for (const claim of this.report.claims) if (claim.cell === at) words.set(offset(claim.line, claim.start), claim);
    const stretches: Stretch[] = problems.map(({ line, start, end }, index) => ({ from: offset(line, start), to: offset(line, end), index }));
    const results = this.results.get(model.sharedModel.getId());
    const cut = marked(source, marksOf(source), stretches);
    const messages = new Map<number, Message[]>([...cut.messages].map(([mark, indexes]) => [mark, indexes.map((index) => problems[index])]));
    const why = this.mayEvaluate(model) ? "not evaluated yet" : WHY_NOT;
    const known = {
      result: (expression: string) => results?.get(expression),
      words: (from: number) => words.get(from),
      shortcode: (text: string) => (Object.hasOwn(this.report.shortcodes, text) ? this.report.shortcodes[text] : undefined),
      why,
    };
    const shortcodes = cut.marks.flatMap(({ kind, expression }) => (kind === "shortcode" ? [known.shortcode(expression!) ?? ""] : []));
    const hasValues = cut.marks.some(({ kind }) => kind === "value" || kind === "claim" || kind === "choice");
    const state = JSON.stringify([[...results?.values() ?? []], problems, [...words.values()], shortcodes, hasValues ? why : ""]);
    return { ...cut, messages, known, state };
  }
}

/** Return the offset at which each line of a text begins. */
export function lineOffsets(text: string): number[] {
  const offsets = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) offsets.push(at + 1);
  return offsets;
}
