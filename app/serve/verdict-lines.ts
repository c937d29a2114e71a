import { overviewOf } from "../api/views/overview.ts";
import { count } from "../api/views/words.ts";
import { loadWorld } from "../api/views/world.ts";
import type { App } from "../app.ts";

/** What `serve` says in the terminal after its first audit: five lines, the worst first. */
export async function verdictLines(app: App): Promise<string[]> {
  const world = await loadWorld(app, { history: 60 });
  const view = overviewOf(world, app.config, []);
  const top = view.mailableOptedOut;
  const reads = view.reads.map((r) => `${r.title} ${r.beats.at(-1)?.coverage ?? "not read"}`).join(", ");
  const mark = { act: "◆", look: "▲", fine: "✓", cant_tell: "○", owner: "●", absent: " " };
  const first = view.needsYou.slice(0, 2).map((n) => `${mark[n.mark]} ${n.title}`);
  return [
    view.verdict.map((p) => p.text).join(""),
    `Mailable although opted out: ${top.people === null ? "can’t tell" : `${top.lowerBound ? "at least " : ""}${count(top.people)}`}. ${top.where}`,
    `Read: ${reads}.`,
    ...first,
    ...(first.length < 2 ? [`${count(view.needsYouTotal)} things need you.`] : []),
  ].slice(0, 5);
}
