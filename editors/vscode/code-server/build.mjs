// Does what code-server's own installation does, with what npm brings alone: it installs what its VS Code
// needs, builds the modules that are not JavaScript, and puts ripgrep where VS Code looks for it.

import { execSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname;
const code = path.join(here, 'node_modules/code-server/lib/vscode');
const { rgPath } = createRequire(import.meta.url)('@vscode/ripgrep');

function run(command, cwd) {
  execSync(command, { cwd, stdio: 'inherit', env: { ...process.env, npm_config_yes: 'true' } });
}

function link(target, name) {
  mkdirSync(path.dirname(name), { recursive: true });
  rmSync(name, { force: true });
  symlinkSync(target, name);
}

run('npm rebuild argon2', here);
run('npm install --omit=dev --ignore-scripts --no-audit', code);
run('npm rebuild @vscode/spdlog native-watchdog node-pty', code);
link('node_modules', path.join(code, 'node_modules.asar'));
link(rgPath, path.join(code, 'node_modules/@vscode/ripgrep/bin/rg'));
