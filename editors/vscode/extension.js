// Starts `broadsheet lsp`, and gives it the files of a publication.

const path = require('node:path');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = async () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const named = vscode.workspace.getConfiguration('broadsheet').get('command');
  const command = named.includes('/') && folder ? path.resolve(folder, named) : named;
  client = new LanguageClient(
    'broadsheet',
    'Broadsheet',
    { command, args: ['lsp'], options: { cwd: folder } },
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
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.{yml,bib,csv,json}') },
    },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
