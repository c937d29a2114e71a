import { useEffect, useRef, useState } from "react";
import type { PlanDetail } from "../../app/api/contract.ts";
import { count, plural } from "../ui/format.ts";
import { isRunning } from "../ui/labels.ts";
import { Mark, type Shape } from "../ui/mark.tsx";
import { MaskedPeople } from "../ui/masked-people.tsx";
import { Section } from "../ui/section.tsx";
import { ENDS, type End, endedOf, endWord, shortVerb } from "./words.ts";

const SHAPE: Partial<Record<End, Shape>> = {
  skipped_consent: "look",
  skipped_drift: "look",
  failed: "fail",
  unknown: "cant_tell",
};
const TONE: Record<End, string> = {
  applied: "",
  already_so: "",
  skipped_consent: "t-look",
  skipped_drift: "t-look",
  failed: "t-act",
  unknown: "",
};
const FILL: Record<End, string> = {
  applied: "var(--ink)",
  already_so: "var(--mark)",
  skipped_consent: "var(--look-mark)",
  skipped_drift: "var(--look-mark)",
  failed: "var(--act-mark)",
  unknown: "var(--edge)",
};

/** All end states, adding up to the plan. */
export function Ledger(props: { detail: PlanDetail }) {
  const { detail } = props;
  const { counts, plan } = detail;
  const ended = endedOf(counts);
  const running = isRunning(plan.state);
  const said = useSaid(`${count(ended)} of ${plural(plan.changes, "change")} have ended.`, running);
  return (
    <Section
      title={running ? "Progress" : "What happened"}
      note={`each change ends in exactly one state; they add up to ${count(plan.changes)}`}
    >
      <div
        className="ledger-bar"
        role="progressbar"
        aria-label="Changes that have ended"
        aria-valuemin={0}
        aria-valuemax={plan.changes}
        aria-valuenow={ended}
      >
        {ENDS.map(
          (end) =>
            counts[end] > 0 && (
              <span
                key={end}
                style={{ width: `${(counts[end] / plan.changes) * 100}%`, background: FILL[end] }}
              />
            ),
        )}
        {counts.in_doubt > 0 && (
          <span className="doubt" style={{ width: `max(8px, ${(counts.in_doubt / plan.changes) * 100}%)` }} />
        )}
      </div>
      <dl className="ledger">
        {ENDS.map(
          (end) =>
            (end === "applied" || counts[end] > 0 || !running) && (
              <div key={end} className={counts[end] === 0 ? "none" : ""}>
                <dd className={counts[end] > 0 ? TONE[end] : ""}>
                  {count(counts[end])} {counts[end] > 0 && SHAPE[end] && <Mark name={SHAPE[end]} silent />}
                </dd>
                <dt>{endWord[end]}</dt>
              </div>
            ),
        )}
        {counts.in_doubt > 0 && (
          <div>
            <dd>
              {count(counts.in_doubt)} <Mark name="cant_tell" silent />
            </dd>
            <dt>Sent, being read back</dt>
          </div>
        )}
        {(running || counts.waiting > 0) && (
          <div>
            <dd className="soft">{count(counts.waiting)}</dd>
            <dt>{running ? "Waiting" : "Not touched"}</dt>
          </div>
        )}
      </dl>
      <p className="hidden" role="status">
        {said}
      </p>
    </Section>
  );
}

/** Speaks at most every 10 s while running, and at once at the end. */
function useSaid(text: string, running: boolean): string {
  const [said, setSaid] = useState("");
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    if (!running) {
      setSaid(latest.current);
      return undefined;
    }
    const timer = setInterval(() => setSaid(latest.current), 10_000);
    return () => clearInterval(timer);
  }, [running]);
  return said;
}

export function NotApplied(props: { rows: PlanDetail["notApplied"]; groups: PlanDetail["groups"] }) {
  if (props.rows.length === 0) return null;
  const title = (id: string) => props.groups.find((g) => g.system === id)?.systemTitle ?? id;
  const end = (name: string) => ENDS.find((e) => e === name);
  return (
    <Section title="What was not applied" note={plural(props.rows.length, "change")}>
      <MaskedPeople
        caption="Changes that were not applied, with the reason"
        head={["Person", "System", "Change", "Ended as", "Because"]}
        rows={props.rows.map((r) => {
          const known = end(r.end);
          return [
            r.masked,
            title(r.system),
            shortVerb[r.op],
            known ? endWord[known] : r.end,
            r.because ?? "",
          ];
        })}
      />
    </Section>
  );
}
