// What the server extension is asked: problems and completions of an article, and its preview.

import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";

export interface CellText {
  kind: string;
  text: string;
  tags: string[];
}

/** A part of a line of a cell. Cells count from 0, and so do lines and columns, as the editor counts them. */
export interface Span {
  cell: number;
  line: number;
  start: number;
  end: number;
}

export interface Fix extends Span {
  title: string;
  text: string;
}

export interface Problem extends Span {
  severity: "error" | "warning" | "info";
  code: string;
  text: string;
  fixes: Fix[];
}

export interface Words extends Span {
  state: string;
  text: string;
}

export interface Report {
  problems: Problem[];
  claims: Words[];
  shortcodes: Record<string, string>;
  editions: { label: string; page: string }[];
  /** Why there is nothing, for an author who wonders; empty in a publication. */
  why: string;
}

export interface Completion {
  text: string;
  start: number;
  detail: string;
  doc: string;
}

/** Ask the server extension. Raises an error whose message says why there is no answer. */
export async function ask<T>(settings: ServerConnection.ISettings, what: string, body: object): Promise<T> {
  const address = URLExt.join(settings.baseUrl, "broadsheet", what);
  const response = await ServerConnection.makeRequest(address, { method: "POST", body: JSON.stringify(body) }, settings);
  if (!response.ok) {
    const { message } = await response.json().catch(() => ({ message: "" }));
    throw new Error(message || `the server answered with ${response.status}`);
  }
  return await response.json() as T;
}
