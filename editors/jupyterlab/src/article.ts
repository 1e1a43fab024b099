// An open notebook: the values of its prose, from its kernel, and what the server says of its text.
//
// Nothing is evaluated before a cell was run in this session, and nothing in a notebook that is not trusted. When a cell is
// run, the expressions of the Markdown below it, up to the next cell of code, are sent right behind it: they have the values
// that they have in a build. When all that was asked for has run, the Markdown further down is evaluated, too.

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
  private hasRun = false;
  private running = new Set<string>();
  private batch = new Set<string>();
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
    context.saveState.connect((_, state) => { if (state === "completed") this.askSoon(); });
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

  /** True if all code of the notebook is trusted. */
  get isTrusted(): boolean {
    return this.models().every((model) => model.type !== "code" || model.trusted || !model.sharedModel.getSource().trim());
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

  /** Ask the server for a report, in a moment. */
  askSoon(): void {
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
    const cells = this.texts();
    const results = [...this.results.values()].flatMap((of) => [...of.values()]);
    try {
      this.report = await ask<Report>(this.settings, "article", { path: this.path, cells, results });
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
    if (!this.panel.isDisposed) this.forget();
  }

  private forget(): void {
    this.hasRun = false;
    this.running.clear();
    this.batch.clear();
    this.results.clear();
    this.renderAll();
  }

  private hear(_: unknown, { msg, direction }: Kernel.IAnyMessageArgs): void {
    if (direction === "send" && msg.header.msg_type === "execute_request") {
      const id = (msg.metadata as { cellId?: unknown }).cellId;
      const at = typeof id === "string" ? this.models().findIndex((model) => model.sharedModel.getId() === id) : -1;
      if (at < 0) return;
      this.hasRun = true;
      this.running.add(msg.header.msg_id);
      this.batch.add(id as string);
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

  private lacking(model: ICellModel): boolean {
    const results = this.results.get(model.sharedModel.getId());
    return this.expressionsOf(model).some((expression) => !results?.has(expression));
  }

  private async evaluate(models: ICellModel[]): Promise<void> {
    const kernel = this.kernel;
    const cells = models.map((model) => ({ model, expressions: this.expressionsOf(model) })).filter(({ expressions }) => expressions.length);
    if (!kernel || !cells.length || !this.mayEvaluate()) return;
    const info = await kernel.info.catch(() => null);
    if (info?.language_info.name !== "python" || kernel !== this.kernel) return;
    const results = await evaluated(kernel, [...new Set(cells.flatMap(({ expressions }) => expressions))])
      .catch((error: Error) => { console.debug("broadsheet-lab:", error.message); return []; });
    if (kernel !== this.kernel || !this.hasRun) return;
    const named = new Map(results.map((result) => [result.expression, result]));
    for (const { model, expressions } of cells) {
      const entries = expressions.flatMap((expression) => (named.has(expression) ? [[expression, named.get(expression)!] as const] : []));
      this.results.set(model.sharedModel.getId(), new Map(entries));
    }
    this.renderAll();
    this.askSoon();
  }

  private mayEvaluate(): boolean {
    return this.hasRun && this.isTrusted;
  }

  // Cells

  private changedSoon(): void {
    this.wrapAll();
    this.askSoon();
  }

  private wrapAll(): void {
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
    renderer.renderModel = async (model) => {
      const source = model.data["text/markdown"];
      const own = cell.model?.sharedModel.getSource();
      if (typeof source !== "string" || !own || source !== own) return render(model);
      const now = this.stateOf(cell, source);
      this.rendered.set(cell, { source, state: now.state });
      if (!now.marks.length) return render(model);
      await render(new MimeModel({ data: { "text/markdown": now.text }, trusted: model.trusted }));
      if (!cell.isDisposed) putMarks(renderer.node, now.marks, now.messages, now.known, source);
      if (this.lacking(cell.model) && this.mayEvaluate() && !this.running.size) void this.evaluate([cell.model]);
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
    const problems = isCurrent ? this.report.problems.filter((problem) => problem.cell === at) : [];
    const words = new Map<number, Words>();
    if (isCurrent) for (const claim of this.report.claims) if (claim.cell === at) words.set(offset(claim.line, claim.start), claim);
    const stretches: Stretch[] = problems.map(({ line, start, end }, index) => ({ from: offset(line, start), to: offset(line, end), index }));
    const results = this.results.get(model.sharedModel.getId());
    const cut = marked(source, marksOf(source), stretches);
    const messages = new Map<number, Message[]>([...cut.messages].map(([mark, indexes]) => [mark, indexes.map((index) => problems[index])]));
    const why = this.whyNothing();
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

  private whyNothing(): string {
    if (!this.hasRun) return "not evaluated yet: run the cells above";
    if (!this.isTrusted) return "not evaluated, since the notebook is not trusted: run all its cells, or trust it";
    return "not evaluated yet";
  }
}

/** Return the offset at which each line of a text begins. */
export function lineOffsets(text: string): number[] {
  const offsets = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) offsets.push(at + 1);
  return offsets;
}
