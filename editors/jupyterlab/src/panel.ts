// The panel with the preview of the article in view. `broadsheet preview` runs on the server's machine, at an address of its
// own: JupyterLab answers no request from that origin, though both may have cookies of one host. The two only tell each
// other which text is in view. Previews run the code of the publication, so one is started when its user presses the button.

import type { NotebookPanel } from "@jupyterlab/notebook";
import type { ServerConnection } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";
import type { Article } from "./article";
import { parsed } from "./rendering";
import { ask } from "./server";

const PAUSE = 200;
const PATIENCE = 30_000;
const LABEL = /^#[ ]?\|[ ]*label:[ ]*["']?([\p{L}\p{N}_:.-]+)/mu;

export class PreviewPanel extends Widget {
  private article: Article | null = null;
  private address = "";
  private page = "";
  private quiet = 0;
  private scrolled = 0;
  private waiting = 0;
  private isStarting = false;
  private readonly editions = document.createElement("select");
  private readonly elsewhere = document.createElement("a");
  private readonly text = document.createElement("p");
  private readonly start = document.createElement("button");
  private frame = document.createElement("iframe");

  constructor(private readonly settings: ServerConnection.ISettings) {
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
    this.article?.panel.content.activeCellChanged.disconnect(this.follow, this);
    this.article?.panel.content.node.removeEventListener("scroll", this.scroll, true);
    this.article = article;
    this.address = this.page = "";
    this.isStarting = false;
    clearTimeout(this.waiting);
    article?.changed.connect(this.refresh, this);
    article?.panel.content.activeCellChanged.connect(this.follow, this);
    article?.panel.content.node.addEventListener("scroll", this.scroll, true);
    this.refresh();
  }

  protected override onAfterShow(): void {
    this.refresh();
    if (this.address) void this.begin(false);
  }

  // What is shown depends on the article and on whether its preview runs.
  private refresh(): void {
    const editions = this.article?.report.editions ?? [];
    const options = editions.map(({ label, page }, at) => new Option(at ? label : "Its own values", page));
    this.editions.replaceChildren(...options);
    this.editions.hidden = editions.length < 2;
    if (editions.some(({ page }) => page === this.page)) this.editions.value = this.page;
    const isRunning = Boolean(this.address && editions.length);
    this.frame.hidden = this.elsewhere.hidden = !isRunning;
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
      if (this.isVisible) void this.begin(false);
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
    let problem = "";
    try {
      ({ address } = await ask<{ address: string }>(this.settings, "preview", { path: article.path, start }));
    } catch (error) {
      problem = (error as Error).message;
    }
    if (article !== this.article || (this.isStarting && !start)) return;
    this.isStarting = false;
    if (address !== this.address) {
      this.address = address;
      this.page = "";
      clearTimeout(this.waiting);
    }
    if (address || start || !this.frame.hidden) this.refresh();
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
    this.text.hidden = true;
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      void this.begin(false);  // it may have ended
      const { port } = new URL(this.address);
      this.text.hidden = false;
      this.text.textContent = "The page is not here yet. The preview can be reached on the server's machine alone: if that is not "
        + `this one, bring its port here by ssh -L ${port}:127.0.0.1:${port} your-server`;
    }, PATIENCE);
  }

  private readonly hear = ({ source, origin, data }: MessageEvent): void => {
    if (!this.address || source !== this.frame.contentWindow || origin !== new URL(this.address).origin) return;
    const { broadsheet, path, id, text } = (data ?? {}) as Record<string, unknown>;
    if (broadsheet === "here") {
      clearTimeout(this.waiting);
      this.text.hidden = true;
      if (this.article?.report.editions.some(({ page }) => page === path)) this.editions.value = this.page = path as string;
      this.follow();
    } else if (broadsheet === "clicked" && document.activeElement === this.frame) {  // a click in a frame is its focus
      this.goToCell(String(id ?? ""), String(text ?? "").slice(0, 5000));
    }
  };

  // From the notebook to the page

  private readonly scroll = (): void => {
    clearTimeout(this.scrolled);
    this.scrolled = window.setTimeout(() => this.follow("scroll"), PAUSE);
  };

  private follow(why?: unknown): void {
    const { article } = this;
    if (!article || !this.isVisible || !this.address || Date.now() < this.quiet) return;
    const { content } = article.panel;
    const { top, height } = content.node.getBoundingClientRect();
    const inView = content.widgets.findIndex((cell) => cell.isAttached && cell.node.getBoundingClientRect().bottom > top + height / 3);
    let at = why === "scroll" ? inView : content.activeCellIndex;
    for (; at >= 0; at -= 1) {
      const { model, node } = content.widgets[at];
      const source = model.sharedModel.getSource();
      const id = model.type === "code" ? LABEL.exec(source)?.[1] : idsIn(source)[0];
      const block = node.querySelector(".jp-MarkdownOutput :is(p, li, h1, h2, h3, h4)");
      const text = model.type === "markdown" ? block?.textContent ?? source.split("\n\n")[0] : "";
      if (!id && !text) continue;
      this.frame.contentWindow?.postMessage({ broadsheet: "show", id: id ?? "", text }, new URL(this.address).origin);
      return;
    }
  }

  // From the page to the notebook

  private goToCell(id: string, text: string): void {
    const panel: NotebookPanel | undefined = this.article?.panel;
    if (!panel) return;
    const words = wordsOf(text);
    let best = { likeness: 0.2, at: -1 };
    panel.content.widgets.forEach(({ model, node }, at) => {
      const source = model.sharedModel.getSource();
      if (id && (model.type === "code" ? LABEL.exec(source)?.[1] === id : idsIn(source).includes(id))) best = { likeness: 2, at };
      if (model.type !== "markdown") return;
      const blocks = [...node.querySelectorAll(".jp-MarkdownOutput :is(p, li, h1, h2, h3, h4, blockquote, td)")].map((block) => block.textContent ?? "");
      for (const block of blocks.length ? blocks : source.split(/\n\s*\n/)) {
        const likeness = likenessOf(words, wordsOf(block));
        if (likeness > best.likeness) best = { likeness, at };
      }
    });
    if (best.at < 0) return;
    this.quiet = Date.now() + 1000;
    panel.content.activeCellIndex = best.at;
    void panel.content.scrollToItem(best.at, "smart");
  }
}

const idsIn = (source: string) => [...source.matchAll(/\{[^{}\n#]*#[^{}\n]*\}/g)].map(([braces]) => parsed(braces).id).filter(Boolean);
const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

function likenessOf(some: Set<string>, others: Set<string>): number {
  const both = [...some].filter((word) => others.has(word)).length;
  return both / Math.max(some.size + others.size - both, 1);
}
