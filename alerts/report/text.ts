import { shareOfDecisions } from "./decisions.ts";
import type { Mark, Report } from "./model.ts";

const WIDTH = 76;
const MARK: Readonly<Record<Mark, string>> = { act: "◆ ", look: "▲ ", cant_tell: "○ ", fine: "" };

/** The twin of the HTML part: the same facts in the same order, for a terminal or a plain mail program. */
export function reportText(r: Report): string {
  return [
    `Plumbline: ${r.company}, ${r.range}`,
    wrap(r.verdict.map((p) => p.text).join("")),
    r.figures
      .map((f) => `${f.value.padStart(10)}  ${f.label}${f.note === "" ? "" : ` (${f.note})`}`)
      .join("\n"),
    section(
      `Needs your decision${r.decisions.length === 0 ? "" : ` (${shareOfDecisions(r.decisions.length, r.decisionsTotal)})`}`,
      decisions(r),
    ),
    section(
      "What changed",
      r.changed.length === 0
        ? ["Nothing moved this week."]
        : r.changed.map((c) =>
            entry(
              `${MARK[c.mark]}${c.title}, ${c.system}: ${c.before === null ? c.now : `${c.before} to ${c.now}`}`,
              c.note,
            ),
          ),
    ),
    section(
      "What was fixed",
      r.fixed.length === 0
        ? ["No repair was applied this week."]
        : r.fixed.map((f) => entry(`${f.id} ${f.text}`, `${f.by}. ${f.undo}`)),
    ),
    section("Consent safety", [...consent(r), wrap(r.consent.note)]),
    section("Can you trust these numbers?", [
      ...(r.score === null ? [] : [wrap(r.score)]),
      ...(r.trust.length === 0
        ? ["No: nothing was read this week."]
        : r.trust.map((t) => `${t.whole ? "✓" : "○"} ${t.systems}: ${t.text}`)),
    ]),
    section("Noise", [wrap(r.noise)]),
    section(
      "Coming up",
      r.coming.length === 0
        ? ["Nothing is planned that Plumbline knows of."]
        : r.coming.map((c) => `${c.when}  ${c.what}`),
    ),
    `${"-".repeat(WIDTH)}\n${wrap(r.footer)}\n${r.url}/`,
    "",
  ].join("\n\n");
}

const section = (title: string, rows: readonly string[]): string =>
  `${title}\n${"=".repeat(title.length)}\n${rows.join("\n")}`;
const entry = (first: string, second: string): string => `${first}\n${wrap(second, "    ")}`;

function decisions(r: Report): string[] {
  if (r.decisions.length === 0) return ["Nothing waits for you."];
  return r.decisions.map(
    (d, i) =>
      `${i + 1}. ${d.question}\n${wrap(`${d.text} If nobody decides: ${d.cost}${d.deadline === null ? "" : ` Decide ${d.deadline}.`}`, "   ")}\n   ${d.url}`,
  );
}

function consent(r: Report): string[] {
  if (r.consent.rows.length === 0) return [];
  const width = Math.max(8, ...r.consent.rows.map((x) => x.system.length)) + 2;
  const row = (a: string, b: string, c: string, d: string) =>
    `${a.padEnd(width)}${b.padStart(14)}${c.padStart(16)}${d.padStart(14)}`.trimEnd();
  return [
    row("System", r.consent.startLabel, "Peak", r.consent.endLabel),
    ...r.consent.rows.map((x) => row(x.system, x.start, x.alarm ? `◆ ${x.peak}` : x.peak, x.end)),
  ];
}

/** Breaks between words; a word longer than the line stays whole. */
function wrap(text: string, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((l) => `${indent}${l}`).join("\n");
}
