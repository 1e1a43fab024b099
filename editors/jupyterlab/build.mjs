// Builds the extension into `labextension/`, as JupyterLab loads extensions that are built before:
// a script that puts a container of modules into `_JUPYTERLAB`. What JupyterLab has itself is asked of it, by name, from
// the modules that its extensions share; the rest is in the script.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SHARED = /^(@jupyterlab\/|@lumino\/|@codemirror\/(state|view|language)$)/;
const folder = new URL("labextension/", import.meta.url);
const about = JSON.parse(await readFile(new URL("package.json", import.meta.url)));

const { outputFiles, metafile } = await build({
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  entryPoints: ["src/index.ts"],
  bundle: true,
  write: false,
  minify: true,
  metafile: true,
  format: "cjs",
  target: "es2021",
  charset: "ascii",
  legalComments: "inline",
  loader: { ".css": "text" },
  plugins: [{
    name: "shared",
    setup: ({ onResolve }) => onResolve({ filter: SHARED }, ({ path }) => ({ path, external: true })),
  }],
});
const names = new Set(Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path))
  .filter((path) => SHARED.test(path)));

const container = `(() => {
const names = ${JSON.stringify([...names].sort())};
let shared;
const one = async (name) => {
  const versions = Object.values(shared[name] ?? {});
  const version = versions.find(({ loaded }) => loaded) ?? versions.at(-1);
  if (!version) throw new Error("broadsheet-lab: this JupyterLab has no " + name);
  return [name, (await version.get())()];
};
const make = (require, module, exports) => {
${outputFiles[0].text}
};
(globalThis._JUPYTERLAB ??= {})["broadsheet-lab"] = {
  init: (scope) => { shared = scope; },
  get: async () => {
    const modules = new Map(await Promise.all(names.map(one)));
    const module = { exports: {} };
    make((name) => modules.get(name), module, module.exports);
    return () => module.exports;
  },
};
})();
`;
const script = `static/remoteEntry.${createHash("sha256").update(container).digest("hex").slice(0, 20)}.js`;
await rm(folder, { recursive: true, force: true });
await mkdir(new URL("static/", folder), { recursive: true });
await writeFile(new URL(script, folder), container);
const { name, version, description, license } = about;
await writeFile(new URL("package.json", folder), JSON.stringify({
  name, version, description, license, jupyterlab: { extension: true, _build: { load: script, extension: "./extension" } },
}, null, 2) + "\n");
await writeFile(new URL("install.json", folder), JSON.stringify({
  packageManager: "python", packageName: "broadsheet-lab", uninstallInstructions: "pip uninstall broadsheet-lab",
}, null, 2) + "\n");
