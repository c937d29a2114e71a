/**
 * The address with `rel="next"` of a Link header; null when there is none. @see RFC 8288 §3
 *
 * @example nextLink('<https://x.example/a?p=2>; rel="next", </a>; rel=first') // "https://x.example/a?p=2"
 */
export function nextLink(header: string | null): string | null {
  if (header === null) return null;
  for (const [, target, rest] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"[^"]*"|[^\s";,]*))?)*)/g,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]*))/i.exec(rest ?? "");
    const names = (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/);
    if (target !== undefined && target !== "" && names.includes("next")) return target;
  }
  return null;
}
