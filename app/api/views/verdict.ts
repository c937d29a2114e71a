import type { SystemConfig } from "../../../core/config.ts";
import type { Incident } from "../../../core/finding.ts";
import { byUrgency } from "../../../core/incident-order.ts";
import type { Overview } from "../contract.ts";
import { cellOf } from "./cell.ts";
import { count, inWords, listed, type Part, people, plain, strong } from "./words.ts";
import type { World } from "./world.ts";

type Verdict = { parts: Part[]; state: Overview["verdictState"] };

/**
 * Can I trust my audiences? The worst thing first, then how many agree, then what could not be checked.
 * "All agree" only when every copy was read completely and is fresh.
 */
export function overviewVerdict(world: World): Verdict {
  if (world.segments.every((s) => s.latest === null))
    return { parts: [plain("Nothing has been read yet.")], state: "nothing_read" };
  const total = world.audiences.length;
  const rows = world.audiences.map((a) => ({
    audience: a,
    cells: a.segments.map((s) => cellOf(world, a.id, s.system)),
  }));
  const agreeing = rows.filter(
    (r) =>
      r.cells.every((c) => c.mark === "fine" || c.mark === "owner" || c.mark === "cant_tell") &&
      r.cells.some((c) => c.mark === "fine"),
  );
  const blind = [
    ...new Set(rows.flatMap((r) => r.cells.filter((c) => c.mark === "cant_tell").map((c) => c.system))),
  ].map((id) => titleOf(world, id));
  const stale = world.open.filter((i) => i.finding.check === "freshness");
  const faults = world.open.filter((i) => !i.finding.cantTell).sort(byUrgency);
  const blindSentence = blind.length > 0 ? `${listed(blind)} can’t be checked.` : "";

  if (faults.length === 0) {
    if (blind.length > 0)
      return {
        parts: [
          strong("Can’t tell."),
          plain(
            ` ${listed(blind)} ${blind.length === 1 ? "was" : "were"} not read completely; what we could read agrees.`,
          ),
        ],
        state: "cant_tell",
      };
    if (stale.length > 0)
      return {
        parts: [strong("Not fresh."), plain(` ${stale.map((i) => i.finding.title).join("; ")}.`)],
        state: "stale",
      };
    return {
      parts: [plain("Yes. "), strong(`All ${inWords(total)} audiences agree`), plain(" in every system.")],
      state: "agree",
    };
  }
  const parts: Part[] = [plain("Not all of them. "), ...worst(faults)];
  parts.push(
    plain(
      ` ${inWords(agreeing.length, true)} of ${inWords(total)} audiences ${agreeing.length === 1 ? "agrees" : "agree"} wherever we could look${blindSentence === "" ? "." : `; ${blindSentence}`}`,
    ),
  );
  return { parts, state: "disagree" };
}

/** The one or two worst, each as a bold clause of its own. */
function worst(faults: readonly Incident[]): Part[] {
  const [first, second] = faults;
  if (first === undefined) return [];
  const parts = [strong(first.finding.title)];
  if (second !== undefined && second.severity === "act")
    parts.push(plain(", and "), strong(second.finding.title));
  return [...parts, plain(".")];
}

export const titleOf = (
  world: { systems: readonly Pick<SystemConfig, "id" | "title">[] },
  system: string,
): string => world.systems.find((s) => s.id === system)?.title ?? system;

/** The audience page's first sentence: "Klaviyo holds 27,310 extra people; Mailchimp lacks 431." */
export function audienceVerdict(world: World, audience: string): Part[] {
  const config = world.audiences.find((a) => a.id === audience);
  if (config === undefined) return [];
  const clauses: string[] = [];
  for (const s of config.segments) {
    const cell = cellOf(world, audience, s.system);
    const title = titleOf(world, s.system);
    if (cell.mark === "cant_tell") clauses.push(`${title} can’t be checked`);
    else if (cell.mailableOptedOut !== null && cell.mailableOptedOut > 0)
      clauses.push(`${people(cell.mailableOptedOut)} who opted out can be mailed from ${title}`);
    else if (cell.mark === "act" || cell.mark === "look") {
      if ((cell.extra ?? 0) > 0 && (cell.extra ?? 0) >= (cell.missing ?? 0))
        clauses.push(
          `${title} holds ${count(cell.extra ?? 0)} extra ${cell.extra === 1 ? "person" : "people"}`,
        );
      else if ((cell.missing ?? 0) > 0) clauses.push(`${title} lacks ${count(cell.missing ?? 0)}`);
      else clauses.push(`${title} needs a look`);
    }
  }
  const size = cellOf(world, audience, config.owner).size;
  const rest =
    clauses.length > 0
      ? `${clauses.join("; ")}.`
      : size === null
        ? "not read yet."
        : `${people(size)}, the same everywhere within the allowed delay.`;
  return [strong(`${config.title}: `), plain(rest)];
}
