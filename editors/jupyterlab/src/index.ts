// The extension of JupyterLab: an `Article` for each open notebook, and what the editors of its cells show.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Dialog, ICommandPalette, showDialog } from "@jupyterlab/apputils";
import { ICompletionProviderManager } from "@jupyterlab/completer";
import { IEditorExtensionRegistry } from "@jupyterlab/codemirror";
import { INotebookTracker } from "@jupyterlab/notebook";
import type { Widget } from "@lumino/widgets";
import { Article } from "./article";
import { addEditorExtensions } from "./editors";
import { PreviewPanel } from "./panel";
import style from "./style.css";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "broadsheet-lab:plugin",
  description: "Values, problems and completions in the articles of Broadsheet.",
  autoStart: true,
  requires: [INotebookTracker, IEditorExtensionRegistry],
  optional: [ICompletionProviderManager, ICommandPalette],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, editors: IEditorExtensionRegistry,
             completers: ICompletionProviderManager | null, palette: ICommandPalette | null) => {
    document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
    const articles = new Map<Widget, Article>();
    const settings = app.serviceManager.serverSettings;
    addEditorExtensions(editors, completers, articles, settings);
    const preview = new PreviewPanel(settings, (path) => app.commands.execute("docmanager:open", { path }));
    // A notebook may be the current one before it is known as added.
    const current = () => (tracker.currentWidget && articles.get(tracker.currentWidget)) ?? null;
    const showPreview = () => preview.take(current());
    const open = (panel: Article["panel"]) => {
      const article = new Article(panel, settings);
      articles.set(panel, article);
      panel.disposed.connect(() => articles.delete(panel));
      showPreview();
    };
    tracker.forEach(open);
    tracker.widgetAdded.connect((_, panel) => open(panel));
    tracker.currentChanged.connect(showPreview);
    app.shell.add(preview, "right", { rank: 600 });
    app.commands.addCommand("broadsheet-lab:preview", {
      label: "Show the Preview of This Article",
      caption: "Show the page of this article beside the notebook",
      execute: () => app.shell.activateById(preview.id),
    });
    app.commands.addCommand("broadsheet-lab:values", {
      label: "Show the Values of This Notebook",
      caption: "Evaluate the expressions of its prose, which are code, without its cells",
      execute: async () => {
        const article = current();
        if (!article) return;
        const { button } = await showDialog({
          title: "Run the expressions of this notebook?",
          body: "The expressions in its prose are code, and run in its kernel. Allow it only if you trust whoever wrote them.",
          buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: "Run them" })],
        });
        if (button.accept) article.allow();
      },
    });
    for (const command of ["broadsheet-lab:preview", "broadsheet-lab:values"]) palette?.addItem({ command, category: "Broadsheet" });
  },
};

export default [plugin];
