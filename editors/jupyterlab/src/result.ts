// What the kernel says of an expression: `broadsheet.notebook.session.inline_results` publishes it.

import { KernelMessage } from "@jupyterlab/services";
import type { Kernel } from "@jupyterlab/services";

export interface Fact {
  value: unknown;
  unit: string;
  place: string;
  sources: string[];
  as_of: string | null;
  note: string;
}

export interface Claim {
  truth: boolean | null;
  says: string;
  evidence: { place: string; value: unknown; unit: string }[];
}

export interface Result {
  expression: string;
  text?: string;
  markdown?: string;
  error?: string;
  facts?: Record<string, Fact>;
  claims?: Record<string, Claim>;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const areRecords = (value: unknown, list: string) =>
  value === undefined || (isRecord(value) && Object.values(value).every((each) => isRecord(each) && Array.isArray(each[list]) && each[list].every((part) => part !== null)));
const OTHER_VERSION = "The Broadsheet of this kernel is of another version than the extension. Update both, and restart the kernel.";

// What a kernel sends may be of another version of Broadsheet, or of anybody.
function resultOf(sent: unknown): Result[] {
  if (!isRecord(sent) || typeof sent.expression !== "string") return [];
  const texts = [sent.text, sent.markdown, sent.error].filter((text) => text !== undefined);
  const isWhole = texts.length && texts.every((text) => typeof text === "string")
    && areRecords(sent.facts, "sources") && areRecords(sent.claims, "evidence");
  return [isWhole ? sent as unknown as Result : { expression: sent.expression, error: OTHER_VERSION }];
}

const MIME = "application/vnd.broadsheet.inline+json";
const PUBLISHER = "broadsheet.notebook.session.inline_results";

/** Have the kernel evaluate expressions after what it was asked before; none if it was stopped at that. */
export async function evaluated(kernel: Kernel.IKernelConnection, expressions: string[]): Promise<Result[]> {
  // In Python, a text in JSON is the same text.
  const list = `[${expressions.map((text) => JSON.stringify(text)).join(", ")}]`;
  const future = kernel.requestExecute({
    code: `__import__("${PUBLISHER}", fromlist=["_"]).publish_in_session(${list})`,
    silent: true,
    store_history: false,
    allow_stdin: false,
    stop_on_error: false,
  });
  let results: Result[] = [];
  let error = "";
  future.onIOPub = (message) => {
    if (KernelMessage.isDisplayDataMsg(message)) {
      const data = message.content.data[MIME];
      if (Array.isArray(data)) results = data.flatMap(resultOf);
    } else if (KernelMessage.isErrorMsg(message)) {
      error = whyNot(message.content.ename, message.content.evalue);
    }
  };
  const { content } = await future.done;
  if (content.status === "error" && !error) error = whyNot(content.ename, content.evalue);
  return error ? expressions.map((expression) => ({ expression, error })) : results;
}

function whyNot(name: string, text: string): string {
  if (name === "ModuleNotFoundError" && text.includes("broadsheet")) {
    return "Broadsheet is not installed where this kernel runs. Install it there, and restart the kernel.";
  }
  if (name === "AttributeError" && text.includes("publish_in_session")) {
    return "The Broadsheet of this kernel is older than the extension. Update it there, and restart the kernel.";
  }
  return `${name}: ${text}`;
}

/** Return a text as a tooltip shows it: code in it is between quotation marks, for no Markdown is rendered there. */
export const plain = (text: string) => text.replace(/(`+) ?([\s\S]+?) ?\1/g, "“$2”");

/** Return what a reader may want to know of a value: where it is from, whether a claim holds, why it failed. */
export function describedResult(result: Result): string {
  if (result.error) return plain(result.error);
  const lines: string[] = [];
  for (const fact of Object.values(result.facts ?? {})) {
    const exact = `exactly ${String(fact.value)} ${fact.unit}`.trim();
    lines.push(fact.place ? `${exact}: ${fact.place}` : exact);
    const date = fact.as_of ? `, as of ${fact.as_of}` : "";
    if (fact.sources.length) lines.push(`source: ${fact.sources.join(", ")}${date}`);
    if (fact.note) lines.push(fact.note);
  }
  for (const claim of Object.values(result.claims ?? {})) {
    lines.push(`${claim.says}: ${HOLDS.get(claim.truth)}`);
    lines.push(...claim.evidence.slice(0, 8).map(({ place, value, unit }) => `${place}: ${value ?? "no value"} ${unit}`.trim()));
  }
  return plain(lines.join("\n"));
}

const HOLDS = new Map<boolean | null, string>([
  [true, "holds"], [false, "is false"], [null, "cannot be checked, data are missing"],
]);

/** True if the condition of a result is false, or cannot be checked. */
export const isRefuted = (result: Result) => Object.values(result.claims ?? {}).some(({ truth }) => truth !== true);
