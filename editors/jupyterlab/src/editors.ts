// What the editors of cells show: problems with their fixes, and completions. Code has JupyterLab's own completer; prose and
// front matter have none, so they get one.

import { autocompletion, insertCompletionText, startCompletion } from "@codemirror/autocomplete";
import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { setDiagnostics } from "@codemirror/lint";
import type { Diagnostic } from "@codemirror/lint";
import { Prec } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, keymap } from "@codemirror/view";
import type { ICellModel } from "@jupyterlab/cells";
import { CodeMirrorEditor, EditorExtensionRegistry } from "@jupyterlab/codemirror";
import type { IEditorExtensionRegistry } from "@jupyterlab/codemirror";
import type { CompletionHandler, ICompletionContext, ICompletionProvider, ICompletionProviderManager } from "@jupyterlab/completer";
import type { ServerConnection } from "@jupyterlab/services";
import type { Widget } from "@lumino/widgets";
import { lineOffsets } from "./article";
import type { Article } from "./article";
import { plain } from "./result";
import { ask } from "./server";
import type { Completion, Fix, Problem } from "./server";

/** Add problems and completions to the editors of cells. */
export function addEditorExtensions(
  registry: IEditorExtensionRegistry, completers: ICompletionProviderManager | null, articles: Map<Widget, Article>,
  settings: ServerConnection.ISettings,
): void {
  const completed = (article: Article, cell: number, line: number, column: number) =>
    article.isInPublication
      ? ask<Completion[]>(settings, "completions", { path: article.path, cells: article.texts(), cell, line, column })
      : Promise.resolve([]);
  registry.addExtension({
    name: "broadsheet-lab:cells",
    factory: ({ model }) => {
      const cell = model as ICellModel;
      if (!["code", "markdown", "raw"].includes(cell.type)) return null;
      const find = () => placeOf(articles, cell);
      const extensions: Extension[] = [problems(cell, articles)];
      if (cell.type !== "code") extensions.push(completion(find, completed));
      return EditorExtensionRegistry.createImmutableExtension(extensions);
    },
  });
  completers?.registerProvider(new CodeCompletions(articles, completed));
}

type Asked = (article: Article, cell: number, line: number, column: number) => Promise<Completion[]>;

function placeOf(articles: Map<Widget, Article>, model: ICellModel): { article: Article; at: number } | null {
  for (const article of articles.values()) {
    const cells = article.panel.content.model?.cells;
    for (let at = 0; at < (cells?.length ?? 0); at += 1) if (cells!.get(at) === model) return { article, at };
  }
  return null;
}

// Problems

function problems(model: ICellModel, articles: Map<Widget, Article>): Extension {
  return ViewPlugin.define((view) => {
    let article: Article | null = null;
    let shown = "[]";
    const show = () => {
      const found = article?.problemsOf(model) ?? [];
      const next = JSON.stringify(found);
      if (next === shown || !article) return;
      shown = next;
      const owner = article;
      view.dispatch(setDiagnostics(view.state, found.map((problem) => diagnostic(view, problem, owner))));
    };
    const begin = () => {
      article = placeOf(articles, model)?.article ?? null;
      article?.changed.connect(show);
      show();
    };
    const timer = setTimeout(begin);  // a view cannot be changed while it is made
    return { destroy: () => { clearTimeout(timer); article?.changed.disconnect(show); } };
  });
}

function diagnostic(view: EditorView, problem: Problem, article: Article): Diagnostic {
  const { from, to } = rangeIn(view, problem);
  return {
    from,
    to: Math.max(to, Math.min(from + 1, view.state.doc.length)),
    severity: problem.severity,
    source: `broadsheet: ${problem.code}`,
    message: plain(problem.text),
    actions: problem.fixes.filter(({ cell }) => article.mayMend(cell)).map((fix) => ({ name: plain(fix.title), apply: () => apply(fix, article) })),
  };
}

function rangeIn(view: EditorView, { line, start, end }: { line: number; start: number; end: number }) {
  const { from, to } = view.state.doc.line(Math.min(line + 1, view.state.doc.lines));
  return { from: Math.min(from + start, to), to: Math.min(from + end, to) };
}

// A fix may be in another cell. Its place is that of the text which the report is about.
function apply(fix: Fix, article: Article): void {
  const model = article.panel.content.model?.cells.get(fix.cell)?.sharedModel;
  if (!model || !article.mayMend(fix.cell)) return;
  const before = lineOffsets(model.getSource())[fix.line];
  model.updateSource(before + fix.start, before + fix.end, fix.text);
}

// Completions

const AT_WORD = /[\p{L}\p{N}_@"'.:(-]$/u;

function completion(find: () => { article: Article; at: number } | null, completed: Asked): Extension {
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const place = find();
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    if (!place || (!context.explicit && !AT_WORD.test(before))) return null;
    const options = await completed(place.article, place.at, line.number - 1, context.pos - line.from).catch(() => []);
    if (!options.length || context.aborted) return null;
    return {
      from: line.from + options[0].start,
      options: options.filter(({ start }) => start === options[0].start).map(({ text, detail, doc }) => ({
        label: text.replace(/:? $/, ""), detail, info: doc ? () => described(doc) : undefined,
        apply: (view, option, from, to) => view.dispatch(insertCompletionText(view.state, text, from, to)),
      })),
      validFor: /^[\p{L}\p{N}_-]*$/u,
    };
  };
  // The Tab key indents in a notebook that is in no publication.
  const isAtWord = (view: EditorView) => {
    const { head, empty } = view.state.selection.main;
    return empty && Boolean(find()?.article.isInPublication) && AT_WORD.test(view.state.doc.lineAt(head).text.slice(0, head - view.state.doc.lineAt(head).from));
  };
  return [
    autocompletion({ override: [source] }),
    Prec.high(keymap.of([{ key: "Tab", run: (view) => isAtWord(view) && startCompletion(view) }])),
  ];
}

function described(doc: string): HTMLElement {
  return Object.assign(document.createElement("div"), { textContent: plain(doc), style: "white-space: pre-line" });
}

class CodeCompletions implements ICompletionProvider {
  readonly identifier = "broadsheet-lab:completions";
  readonly renderer = null;
  readonly rank = 600;

  constructor(private readonly articles: Map<Widget, Article>, private readonly completed: Asked) {}

  async isApplicable({ widget, editor }: ICompletionContext): Promise<boolean> {
    return editor instanceof CodeMirrorEditor && this.articles.has(widget);
  }

  async fetch({ offset }: CompletionHandler.IRequest, { widget, editor }: ICompletionContext): Promise<CompletionHandler.ICompletionItemsReply> {
    const article = this.articles.get(widget);
    const position = editor?.getCursorPosition();
    const nothing = { start: offset, end: offset, items: [] };
    const at = article?.panel.content.widgets.findIndex((cell) => cell.editor === editor) ?? -1;
    if (!article || !position || at < 0 || article.panel.content.widgets[at].model.type !== "code") return nothing;
    const found = await this.completed(article, at, position.line, position.column).catch(() => []);
    if (!found.length) return nothing;
    const typed = editor!.getLine(position.line)?.slice(found[0].start, position.column) ?? "";
    return {
      start: offset - [...typed].length,  // JupyterLab counts these in characters, and columns in units of UTF-16
      end: offset,
      items: found.filter((each) => each.start === found[0].start).map(({ text, detail, doc }) => ({
        label: text.replace(/:? $/, ""), insertText: text, type: detail, documentation: doc || undefined,
      })),
    };
  }
}
