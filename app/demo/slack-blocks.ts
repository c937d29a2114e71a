import { escapeHtml } from "../../alerts/escape.ts";
import { localHref } from "./page-shell.ts";

type Json = Readonly<Record<string, unknown>>;
const isRecord = (v: unknown): v is Json => typeof v === "object" && v !== null && !Array.isArray(v);
const listOf = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : []);

/** One Block Kit block as Slack would show it; kinds that Plumbline does not send are left out. */
export function blockHtml(block: unknown): string {
  if (!isRecord(block)) return "";
  switch (block.type) {
    case "header":
      return `<h2>${textOf(block.text)}</h2>`;
    case "rich_text":
      return listOf(block.elements)
        .map((e) => (isRecord(e) ? `<p>${listOf(e.elements).map(runHtml).join("")}</p>` : ""))
        .join("");
    case "section":
      return block.fields === undefined
        ? `<p>${textOf(block.text)}</p>`
        : `<div class="fields">${listOf(block.fields).map(fieldHtml).join("")}</div>`;
    case "actions":
      return `<div class="actions">${listOf(block.elements).map(buttonHtml).join("")}</div>`;
    case "context":
      return `<div class="context">${listOf(block.elements).map(textOf).join(" ")}</div>`;
    default:
      return "";
  }
}

const textOf = (v: unknown): string => (isRecord(v) && typeof v.text === "string" ? escapeHtml(v.text) : "");

function runHtml(run: unknown): string {
  if (!isRecord(run)) return "";
  if (run.type === "link" && typeof run.url === "string") return linkHtml(run.url, textOf(run), "");
  return isRecord(run.style) && run.style.bold === true ? `<b>${textOf(run)}</b>` : textOf(run);
}

/** The first line is the label. */
function fieldHtml(field: unknown): string {
  const [label = "", ...value] = textOf(field).split("\n");
  return `<div><span>${label}</span>${value.join(" ")}</div>`;
}

const buttonHtml = (b: unknown): string =>
  isRecord(b) && typeof b.url === "string"
    ? linkHtml(b.url, textOf(b.text), b.style === "primary" ? "primary" : "")
    : "";

/** Only web addresses become links; the demo workspace’s own permalinks lead nowhere. */
function linkHtml(url: string, text: string, css: string): string {
  const href = localHref(url);
  const leads =
    href.startsWith("/") || (/^https?:\/\//.test(href) && !/^https?:\/\/[^/]*\.example(?:[:/]|$)/.test(href));
  return leads
    ? `<a href="${escapeHtml(href)}"${css === "" ? "" : ` class="${css}"`}>${text}</a>`
    : `<u>${text}</u>`;
}
