// Starts `broadsheet lsp`, and gives it the files of a publication; previews an article.

const { spawn } = require('node:child_process');
const path = require('node:path');
const vscode = require('vscode');
const { CloseAction, ErrorAction, LanguageClient } = require('vscode-languageclient/node');

const LAST_WORDS = 2000;
let client, watcher;

// The command, and the folder in which it is started: that of a file, or the first one.
function started(file) {
  const folder = (file && vscode.workspace.getWorkspaceFolder(file)) ?? vscode.workspace.workspaceFolders?.[0];
  const cwd = folder?.uri.fsPath;
  const named = vscode.workspace.getConfiguration('broadsheet', file).get('command');
  return { command: /[\\/]/.test(named) && cwd ? path.resolve(cwd, named) : named, cwd };
}

async function start() {
  const { command, cwd } = started();
  let isBegun = false;
  let words = '';
  const server = () =>
    new Promise((resolve, reject) => {
      const child = spawn(command, ['lsp'], { cwd });
      child.once('error', reject).once('spawn', () => resolve(child));
      child.stderr.on('data', (said) => (words = `${words}${said}`.slice(-LAST_WORDS)));
    });
  client = new LanguageClient(
    'broadsheet',
    'Broadsheet',
    server,
    {
      documentSelector: [
        { scheme: 'file', pattern: '**/*.qmd' },
        { scheme: 'file', language: 'markdown' },
        { scheme: 'file', language: 'python' },
        { scheme: 'file', pattern: '**/{_quarto*.yml,_metadata.yml}' },
        { notebook: 'jupyter-notebook', language: 'markdown' },
        { notebook: 'jupyter-notebook', language: 'python' },
        { notebook: 'jupyter-notebook', language: 'raw' },
      ],
      synchronize: { fileEvents: watcher },
    },
  );
  const usual = client.clientOptions.errorHandler;
  client.clientOptions.errorHandler = {
    // One that ends before it has answered would end again.
    error: (...error) => (isBegun ? usual.error(...error) : { action: ErrorAction.Continue, handled: true }),
    closed: () => (isBegun ? usual.closed() : { action: CloseAction.DoNotRestart, handled: true }),
  };
  try {
    await client.start();
    isBegun = true;
  } catch (error) {
    client = undefined;
    vscode.window
      .showErrorMessage(
        `\`${command} lsp\` does not start. Install it with pip install 'broadsheet[lsp]', ` +
          `or name it in the setting broadsheet.command. (${words.trim().split('\n')[0] || error?.message || error})`,
        'Open Settings',
      )
      .then((chosen) => {
        const settings = cwd ? 'workbench.action.openWorkspaceSettings' : 'workbench.action.openSettings';
        return chosen && vscode.commands.executeCommand(settings, { query: 'broadsheet.command' });
      });
  }
}

async function restart() {
  await client?.stop().catch(() => {}); // it may be starting
  await start();
}

// The preview runs in a terminal, opens the browser itself, and ends there by Ctrl-C.
function preview() {
  const file = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  const { command, cwd } = started(file);
  const page = file?.scheme === 'file' && /\.(ipynb|qmd|md|py)$/.test(file.fsPath) ? [file.fsPath] : [];
  vscode.window.createTerminal({ name: 'Broadsheet', shellPath: command, shellArgs: ['preview', ...page], cwd }).show(true);
}

exports.activate = async (context) => {
  watcher = vscode.workspace.createFileSystemWatcher('**/*.{yml,bib,csv,json}');
  context.subscriptions.push(
    watcher,
    vscode.commands.registerCommand('broadsheet.preview', preview),
    vscode.commands.registerCommand('broadsheet.restart', restart),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('broadsheet.command') && restart()),
  );
  await start();
};

exports.deactivate = () => client?.stop();
