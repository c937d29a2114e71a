import { Link } from "@tanstack/react-router";
import type { Status } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { Mark, type Shape } from "../ui/mark.tsx";

type Freshness = { mark: Shape; strong: string; text: string };
type Times = { when(at: string): string; ago(at: string): string };

/** What may be believed: green only if every system is complete and fresh. */
export function freshness(systems: Status["systems"], clock: Times): Freshness {
  const read = systems.filter((s) => s.asOf !== null);
  if (read.length === 0) return { mark: "waiting", strong: "Nothing read yet", text: "" };
  const stale = systems.find((s) => s.stale && s.asOf !== null);
  const whole = systems.filter((s) => s.coverage === "complete" && !s.stale);
  const oldest = whole.map((s) => s.asOf ?? "").sort()[0];
  const when = oldest ? `complete as of ${clock.when(oldest)}, ${clock.ago(oldest)}` : "complete";
  const tally = `${count(whole.length)} of ${count(systems.length)} systems`;
  if (whole.length === systems.length) return { mark: "fine", strong: tally, text: when };
  if (stale && systems.every((s) => s.coverage === "complete"))
    return {
      mark: "look",
      strong: stale.title,
      text: `last complete read ${clock.when(stale.asOf ?? "")}, older than allowed`,
    };
  return { mark: "cant_tell", strong: tally, text: when };
}

export function FreshnessChip(props: { systems: Status["systems"] }) {
  const clock = useClock();
  const { mark, strong, text } = freshness(props.systems, clock);
  return (
    <Link to="/systems" className="chip fresh">
      <Mark name={mark} silent />
      <span>
        <strong className="anyname">{strong}</strong> {text}
      </span>
    </Link>
  );
}
