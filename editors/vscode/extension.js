// Starts `broadsheet lsp`, and gives it the files of a publication; previews an article.

const { spawn } = require('node:child_process');
const path = require('node:path');
const vscode = require('vscode');
const { CloseAction, ErrorAction, ErrorCodes, LanguageClient, ResponseError } = require('vscode-languageclient/node');

const LAST_WORDS = 2000;
// The errors of the library by which a question ends that the server has not answered.
const CUT = [ErrorCodes.MessageWriteError, ErrorCodes.PendingResponseRejected];
let server, watcher;

// The command, and the folder in which it is started: that of a file, or the first one.
function started(file) {
  const folder = (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
  const cwd = folder?.uri.fsPath;
  const named = vscode.workspace.getConfiguration('broadsheet', file).get('command');
  return { command: /[\\/]/.test(named) && cwd ? path.resolve(cwd, named) : named, cwd };
}

// The process of `broadsheet lsp`, and what speaks with it. The library would start one that ends before
// it has answered again and again, and does not say that it has ended.
class Server extends LanguageClient {
  words = '';

  constructor(command, cwd) {
    super('broadsheet', 'Broadsheet', () => this.spawned(command, cwd), {
      documentSelector: [
        { scheme: 'file', pattern: '**/*.qmd' },
        { scheme: 'file', language: 'markdown' },
        { scheme: 'file', language: 'python' },
        { scheme: 'file', pattern: '**/{_quarto*.yml,_metadata.yml}' },
        { notebook: 'jupyter-notebook', language: 'markdown' },
        { notebook: 'jupyter-notebook', language: 'python' },
        { notebook: 'jupyter-notebook', language: 'raw' },
      ],
      initializationFailedHandler: () => false,
      synchronize: { fileEvents: watcher },
    });
  }

  async spawned(command, cwd) {
    this.process = spawn(command, ['lsp'], { cwd });
    this.process.stderr.on('data', (said) => (this.words = `${this.words}${said}`.slice(-LAST_WORDS)));
    this.ended = new Promise((resolve) => {
      this.process.once('error', (error) => resolve(error.message));
      this.process.once('close', (code, signal) => resolve(`it ends with ${code ?? signal}`));
    });
    return new Promise((resolve, reject) => {
      this.process.once('error', reject).once('spawn', () => resolve(this.process));
    });
  }

  createDefaultErrorHandler(restarts) {
    const usual = super.createDefaultErrorHandler(restarts);
    return {
      error: (...error) => (this.hasBegun ? usual.error(...error) : { action: ErrorAction.Continue }),
      closed: () => (this.hasBegun ? usual.closed() : { action: CloseAction.DoNotRestart }),
    };
  }

  // Notes an error of the library, which nobody is told before the server has begun.
  error(text, data, isTold) {
    super.error(text, data, this.hasBegun ? isTold : false);
  }

  // Returns the reason for which it does not begin; nothing if it does.
  async begin() {
    const fault = await this.start().catch((error) => error);
    this.hasBegun = this.isRunning();
    if (this.hasBegun) return undefined;
    this.process?.kill();
    if (fault instanceof ResponseError && !CUT.includes(fault.code)) return fault.message;
    const end = await this.ended;
    return this.words.trim().split('\n')[0] || end || fault.message;
  }

  // One that has not begun cannot be asked to end.
  end() {
    return this.stop().catch(() => this.process?.kill());
  }
}

// Starts a server in place of the one before, which may be starting. Another may take its place meanwhile.
async function start() {
  const { command, cwd } = started();
  const before = server;
  const ours = (server = new Server(command, cwd));
  await before?.end();
  const reason = server === ours && (await ours.begin());
  if (!reason || server !== ours) return;
  const chosen = await vscode.window.showErrorMessage(
    `\`${command} lsp\` does not start. Install it with pip install 'broadsheet[lsp]', ` +
      `or name it in the setting broadsheet.command. (${reason})`,
    'Open Settings',
  );
  const settings = cwd ? 'workbench.action.openWorkspaceSettings' : 'workbench.action.openSettings';
  if (chosen) await vscode.commands.executeCommand(settings, { query: 'broadsheet.command' });
}

// The preview runs in a terminal, opens the browser itself, and ends there by Ctrl-C.
function preview() {
  const file = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  const { command, cwd } = started(file);
  const page = file?.scheme === 'file' && /\.(ipynb|qmd|md|py)$/.test(file.fsPath) ? [file.fsPath] : [];
  vscode.window.createTerminal({ name: 'Broadsheet', shellPath: command, shellArgs: ['preview', ...page], cwd }).show(true);
}

exports.activate = (context) => {
  watcher = vscode.workspace.createFileSystemWatcher('**/*.{yml,bib,csv,json}');
  context.subscriptions.push(
    watcher,
    vscode.commands.registerCommand('broadsheet.preview', preview),
    vscode.commands.registerCommand('broadsheet.restart', start),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('broadsheet.command') && start()),
  );
  start();
};

exports.deactivate = () => {
  const last = server;
  server = undefined;
  return last?.end();
};
