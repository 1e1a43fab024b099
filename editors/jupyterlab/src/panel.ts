// The panel with the preview of the article in view. `broadsheet preview` runs on the server's machine, at an address of its
// own: JupyterLab answers no request from that origin, though both may have cookies of one host. The two only tell each
// other which text is in view, or which place is meant. Previews run the code of the publication, so one is started when its user presses the button.

import { NotebookPanel } from "@jupyterlab/notebook";
import type { Notebook } from "@jupyterlab/notebook";
import type { ServerConnection } from "@jupyterlab/services";
import { SplitPanel, Widget } from "@lumino/widgets";
import type { Article } from "./article";
import { parsed } from "./rendering";
import { ask } from "./server";

// The address of a preview; the publication's folder from the server's, or the server's from the publication's.
interface Preview { address: string; folder: string; inside: string }

const PAUSE = 200;
const SETTLING = 600;
const WIDTH = 500;
const PATIENCE = 30_000;
const LABEL = /^#[ ]?\|[ ]*label:[ ]*["']?([\p{L}\p{N}_:.-]+)/mu;
const CAPTION = /^#[ ]?\|[ ]*(?:fig|tbl)-cap:(.*)/mu;

export class PreviewPanel extends Widget {
  private article: Article | null = null;
  private address = "";
  private folder = "";
  private inside = "";
  private page = "";
  private isLoading = false;
  private isOurs = false;
  private isArticle = false;
  private isWide = false;
  private isLed = false;
  private settling = 0;
  private scrolled = 0;
  private waiting = 0;
  private isStarting = false;
  private readonly editions = document.createElement("select");
  private readonly elsewhere = document.createElement("a");
  private readonly text = document.createElement("p");
  private readonly start = document.createElement("button");
  private frame = document.createElement("iframe");

  constructor(private readonly settings: ServerConnection.ISettings, private readonly open: (path: string) => Promise<unknown>) {
    super();
    this.id = "broadsheet-lab-preview";
    this.addClass("bs-preview");
    this.title.label = "Broadsheet";
    this.title.caption = "The preview of this article";
    const bar = Object.assign(document.createElement("div"), { className: "bs-preview-bar" });
    this.editions.title = "The edition";
    this.editions.className = "jp-mod-styled";
    this.editions.onchange = () => this.go(this.editions.value);
    Object.assign(this.elsewhere, { textContent: "Open in a tab", target: "_blank", rel: "noreferrer" });
    bar.append(this.editions, this.elsewhere);
    Object.assign(this.start, { className: "bs-start jp-mod-styled jp-mod-accept", textContent: "Run the code and start the preview" });
    this.start.onclick = () => void this.begin(true);
    this.text.setAttribute("role", "status");
    this.node.append(bar, this.text, this.start, this.frame);
    window.addEventListener("message", this.hear);
    this.refresh();
  }

  override dispose(): void {
    window.removeEventListener("message", this.hear);
    super.dispose();
  }

  /** Show the preview of an article; of none, what the panel is for. */
  take(article: Article | null): void {
    if (article === this.article) return;
    this.article?.changed.disconnect(this.refresh, this);
    this.article?.panel.content.activeCellChanged.disconnect(this.select, this);
    const before = this.article?.panel.content.node;
    before?.removeEventListener("scroll", this.scroll, true);
    for (const name of BY_HAND) before?.removeEventListener(name, this.settle, true);
    this.article = article;
    this.address = this.page = "";
    this.isStarting = this.isLoading = this.isArticle = false;
    clearTimeout(this.waiting);
    article?.changed.connect(this.refresh, this);
    article?.panel.content.activeCellChanged.connect(this.select, this);
    const node = article?.panel.content.node;
    node?.addEventListener("scroll", this.scroll, true);
    for (const name of BY_HAND) node?.addEventListener(name, this.settle, { capture: true, passive: true });
    this.refresh();
  }

  protected override onAfterShow(): void {
    this.refresh();
    if (this.isArticle) void this.begin(false);
    if (!this.isWide) requestAnimationFrame(() => this.widen());
  }

  // JupyterLab gives a side a share of the window, however much that is: the first time it is made wide enough for a page.
  private widen(): void {
    let part: Widget = this;
    while (part.parent && !(part.parent instanceof SplitPanel)) part = part.parent;
    const split = part.parent as SplitPanel | null;
    if (!split || !this.isVisible) return;
    this.isWide = true;
    const share = Math.min(WIDTH / split.node.clientWidth, 0.5);
    const sizes = split.relativeSizes();
    const at = split.widgets.indexOf(part);
    const lacks = share - sizes[at];
    if (lacks <= 0) return;
    sizes[sizes.indexOf(Math.max(...sizes))] -= lacks;
    sizes[at] = share;
    split.setRelativeSizes(sizes);
  }

  // What is shown depends on the article and on whether its preview runs.
  private refresh(): void {
    const editions = this.article?.report.editions ?? [];
    const isNew = editions.length > 0 && !this.isArticle;
    this.isArticle = editions.length > 0;
    const options = editions.map(({ label, page }, at) => new Option(at ? label : "Its own values", page));
    this.editions.replaceChildren(...options);
    this.editions.hidden = editions.length < 2;
    if (editions.some(({ page }) => page === this.page)) this.editions.value = this.page;
    const isRunning = Boolean(this.address && editions.length);
    this.elsewhere.hidden = !isRunning;
    this.elsewhere.parentElement!.hidden = !isRunning && this.editions.hidden;
    this.frame.hidden = !isRunning || this.isLoading;
    this.start.hidden = isRunning || this.isStarting || !editions.length;
    if (!isRunning) this.text.hidden = false;
    if (isRunning) {
      if (!editions.some(({ page }) => page === this.page)) this.go(editions[0].page);
    } else if (!this.article) {
      this.text.textContent = "Open an article to see its page here.";
    } else if (!editions.length) {
      this.text.textContent = this.article.report.why || "This notebook is not an article of a publication.";
    } else if (this.isStarting) {
      this.text.textContent = "The preview is starting …";
    } else {
      this.text.textContent = "The preview runs the code of this publication on the server, as it is saved, and shows the page. "
        + "Start it only if you trust whoever wrote that code.";
      if (isNew && this.isVisible) void this.begin(false);
    }
  }

  // Find the preview, or start it if its user says so.
  private async begin(start: boolean): Promise<void> {
    const { article } = this;
    if (!article) return;
    if (start) {
      this.isStarting = true;
      this.refresh();
    }
    let address = "";
    let folder = "";
    let inside = "";
    let problem = "";
    try {
      ({ address, folder, inside } = await ask<Preview>(this.settings, "preview", { path: article.path, start }));
    } catch (error) {
      problem = (error as Error).message;
    }
    if (article !== this.article || (this.isStarting && !start)) return;
    this.isStarting = false;
    const wasRunning = Boolean(this.address);
    if (address !== this.address) {
      Object.assign(this, { address, folder, inside, page: "", isLoading: false });
      clearTimeout(this.waiting);
    }
    if (address || start || wasRunning) this.refresh();
    if (problem) this.text.textContent = problem;
  }

  private go(page: string): void {
    this.page = page;
    // The address goes into no history, and the frame may not lead JupyterLab elsewhere.
    const frame = document.createElement("iframe");
    frame.title = "The preview of this article";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads allow-modals");
    frame.src = this.address + page.split("/").map(encodeURIComponent).join("/");
    this.elsewhere.href = frame.src;
    this.frame.replaceWith(frame);
    this.frame = frame;
    this.load(true);
    this.text.textContent = "The page is being made …";
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      void this.begin(false);  // it may have ended
      const { port } = new URL(this.address);
      this.load(false);
      this.text.hidden = false;
      this.text.textContent = "The page is not here yet. The preview can be reached on the server's machine alone: if that is not "
        + `this one, bring its port here by ssh -L ${port}:127.0.0.1:${port} your-server`;
    }, PATIENCE);
  }

  // The frame is seen when there is a page in it: until then it may have one that only leads on.
  private load(isLoading: boolean): void {
    this.isLoading = this.frame.hidden = isLoading;
    this.text.hidden = !isLoading;
  }

  private readonly hear = ({ source, origin, data }: MessageEvent): void => {
    if (!this.address || source !== this.frame.contentWindow || origin !== new URL(this.address).origin) return;
    const { broadsheet, path, ids, isFront, text, file, cell } = (data ?? {}) as Record<string, unknown>;
    const isClick = document.activeElement === this.frame;  // a click in a frame is its focus
    if (broadsheet === "here") {
      clearTimeout(this.waiting);
      this.load(false);
      this.isOurs = Boolean(this.article?.report.editions.some(({ page }) => page === path));
      if (this.isOurs) this.editions.value = this.page = path as string;
      this.follow();
    } else if (broadsheet === "clicked" && isClick) {
      const names = Array.isArray(ids) ? ids.slice(0, 20).map(String) : [];
      this.goToText(names, isFront === true && this.isOurs, String(text ?? "").slice(0, 5000));
    } else if (broadsheet === "place" && isClick) {
      void this.goToPlace(String(file ?? ""), Number(cell)).catch((error: Error) => console.debug("broadsheet-lab:", error.message));
    }
  };

  // From the notebook to the page

  // What scrolls within this time after a selection follows from it, unless its reader has a hand in it.
  private readonly scroll = ({ target }: Event): void => {
    if (!(target as Element).querySelector?.(".jp-Cell")) return;  // an output, or a long line
    clearTimeout(this.scrolled);
    if (Date.now() < this.settling) this.settling = Math.max(this.settling, Date.now() + PAUSE);
    else this.scrolled = window.setTimeout(() => this.follow(inView(target as Element, this.article!.panel.content)), PAUSE);
  };

  private readonly settle = (): void => { this.settling = 0; };

  private select(): void {
    clearTimeout(this.scrolled);
    this.settling = Date.now() + SETTLING;
    if (!this.isLed) this.follow();
  }

  // Show the text of a cell, or what is before it if it has none on the page.
  private follow(from = this.article?.panel.content.activeCellIndex ?? 0): void {
    const { article } = this;
    if (!article || !this.isVisible || !this.address || !this.isOurs) return;
    const { widgets } = article.panel.content;
    const front = frontOf(widgets);
    let shown: object = { isFront: true };
    for (let at = from; at >= 0 && at !== front; at -= 1) {
      const { model, node } = widgets[at];
      const source = model.sharedModel.getSource();
      const id = model.type === "code" ? LABEL.exec(source)?.[1] : idsIn(source)[0];
      const block = node.querySelector(".jp-MarkdownOutput :is(p, li, h1, h2, h3, h4)");
      const text = model.type === "markdown" ? block?.textContent ?? source.split("\n\n")[0] : "";
      if (!id && !text) continue;
      shown = { id: id ?? "", text };
      break;
    }
    this.frame.contentWindow?.postMessage({ broadsheet: "show", ...shown }, new URL(this.address).origin);
  }

  // From the page to the notebook

  private goToText(ids: string[], isFront: boolean, text: string): void {
    const content = this.article?.panel.content;
    if (!content) return;
    const words = wordsOf(text);
    let best = { likeness: 0.2, at: -1 };
    content.widgets.forEach(({ model, node }, at) => {
      const source = model.sharedModel.getSource();
      const isCode = model.type === "code";
      if (ids.some((id) => (isCode ? LABEL.exec(source)?.[1] === id : idsIn(source).includes(id)))) best = { likeness: 2, at };
      const blocks = isCode ? [CAPTION.exec(source)?.[1] ?? ""]
        : [...node.querySelectorAll(".jp-MarkdownOutput :is(p, li, h1, h2, h3, h4, blockquote, td)")].map((block) => block.textContent ?? "");
      if (model.type === "raw") return;
      for (const block of blocks.length ? blocks : source.split(/\n\s*\n/)) {
        const likeness = likenessOf(words, wordsOf(block));
        if (likeness > best.likeness) best = { likeness, at };
      }
    });
    this.goToCell(content, isFront ? frontOf(content.widgets) : best.at);
  }

  // A place that a message names, in this notebook or another file of the publication. Its cells count from 1.
  private async goToPlace(file: string, cell: number): Promise<void> {
    const { article, folder, inside } = this;
    if (!article || !file || file.startsWith("/") || file.split("/").includes("..")) return;
    if (inside && !file.startsWith(`${inside}/`)) return;  // outside of the server's folder
    const path = folder ? `${folder}/${file}` : file.slice(inside ? inside.length + 1 : 0);
    const panel = path === article.path ? article.panel : await this.open(path);
    if (!(panel instanceof NotebookPanel)) return;
    await panel.revealed;
    this.goToCell(panel.content, cell - 1);
  }

  private goToCell(content: Notebook, at: number): void {
    if (!content.widgets[at]) return;
    this.isLed = true;
    content.activeCellIndex = at;
    this.isLed = false;
    this.settling = Date.now() + SETTLING;
    void content.scrollToItem(at, "smart");
  }
}

const BY_HAND = ["wheel", "pointerdown", "touchmove"] as const;

// The cell in view: the first one at the top of the notebook, the last one at its end.
function inView(scroller: Element, { widgets }: Notebook): number {
  const { top, height } = scroller.getBoundingClientRect();
  const share = scroller.scrollTop / Math.max(scroller.scrollHeight - scroller.clientHeight, 1);
  const at = widgets.findIndex(({ isAttached, node }) => isAttached && node.getBoundingClientRect().bottom > top + height * share);
  return at < 0 ? widgets.length - 1 : at;
}

// The cell with what stands in the head of the page: front matter, or the heading that is a title without it.
function frontOf(cells: Notebook["widgets"]): number {
  const begins = (pattern: RegExp) => cells.findIndex(({ model }) => model.type !== "code" && pattern.test(model.sharedModel.getSource()));
  const front = begins(/^\s*---[ \t]*\n/);
  return front >= 0 ? front : Math.max(begins(/^\s*#[ \t]/), 0);
}

const idsIn = (source: string) => [...source.matchAll(/\{[^{}\n#]*#[^{}\n]*\}/g)].map(([braces]) => parsed(braces).id).filter(Boolean);
const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

function likenessOf(some: Set<string>, others: Set<string>): number {
  const both = [...some].filter((word) => others.has(word)).length;
  return both / Math.max(some.size + others.size - both, 1);
}
