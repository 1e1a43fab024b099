// The reader's choice between light and dark, on a site that offers it. It is remembered in this browser, and holds before the
// page is seen: this script comes after the style sheets and before the body. Without a choice, and without this script, the
// colours are those that the reader's system prefers.
//
// Rules for `prefers-color-scheme`, ours and the author's, are made to hold or not to hold; so are style sheets and the sources
// of pictures. The rules of a sheet of another host cannot be read, and stay as they are.
// As in Quarto, the body has the class `quarto-dark` or `quarto-light`.

(() => {
  const KEY = "broadsheet-color-scheme";
  const QUERY = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/g;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const written = new WeakMap();
  let chosen = null;

  function remembered() {
    try {
      const kept = localStorage.getItem(KEY);
      return kept === "dark" || kept === "light" ? kept : null;
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  const isDark = () => (chosen ?? (system.matches ? "dark" : "light")) === "dark";

  function query(text) {
    return chosen ? text.replace(QUERY, (_, scheme) => (scheme === chosen ? "(min-width: 0px)" : "(max-width: 0px)")) : text;
  }

  function rewrite(holder, text, put) {
    if (!written.has(holder)) written.set(holder, text);
    const first = written.get(holder);
    if (first.includes("prefers-color-scheme")) put(query(first));
  }

  function rulesOf(sheet) {
    try {
      return sheet.cssRules;
    } catch {
      return []; // of another host
    }
  }

  function rewriteRules(rules) {
    for (const rule of rules) {
      if (rule.media) rewrite(rule, rule.media.mediaText, (text) => { rule.media.mediaText = text; });
      if (rule.cssRules) rewriteRules(rule.cssRules);
      if (rule.styleSheet) rewriteRules(rulesOf(rule.styleSheet)); // that it imports
    }
  }

  function apply() {
    document.documentElement.style.colorScheme = chosen ?? "";
    for (const sheet of document.styleSheets) rewriteRules(rulesOf(sheet));
    for (const holder of document.querySelectorAll("source[media], link[media], style[media]")) {
      rewrite(holder, holder.media, (text) => { holder.media = text; });
    }
    document.body?.classList.toggle("quarto-dark", isDark());
    document.body?.classList.toggle("quarto-light", !isDark());
    for (const button of document.querySelectorAll(".scheme-switch")) {
      button.hidden = false;
      button.ariaPressed = String(isDark());
    }
    dispatchEvent(new Event("scheme-changed"));
  }

  chosen = remembered();
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  addEventListener("load", apply); // style sheets may come later
  system.addEventListener("change", apply);
  addEventListener("page-added", apply);
  addEventListener("storage", () => {
    chosen = remembered();
    apply();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".scheme-switch")) return;
    chosen = isDark() ? "light" : "dark";
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // it holds for this page
    }
    apply();
  });
})();
