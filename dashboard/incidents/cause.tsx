import type { IncidentDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count } from "../ui/format.ts";
import { Mark, type Shape } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";

type Moment = { readonly at: string; readonly lane: string; readonly text: string; readonly mark: Shape };

/** What happened around the jump, in order: configuration, our reads, the next send. At most eight. */
export function momentsOf(detail: IncidentDetail): Moment[] {
  const opened = Date.parse(detail.incident.openedAt);
  const near = (at: string) => Math.abs(Date.parse(at) - opened) <= 36 * 3_600_000;
  const reads = detail.line.filter((p) => near(p.at)).slice(-3);
  const moments: Moment[] = [
    ...detail.changes
      .filter((c) => near(c.at))
      .slice(-3)
      .map((c) => ({ at: c.at, lane: "Configuration", text: c.text, mark: "config" as const })),
    ...reads.map((p) => ({
      at: p.at,
      lane: `Our read of ${detail.incident.systemTitle}`,
      mark:
        p.coverage === "complete"
          ? p.flagged
            ? detail.incident.severity
            : ("owner" as const)
          : ("cant_tell" as const),
      text: p.coverage === "complete" ? `complete, ${count(p.size)} people` : `${p.coverage}, not compared`,
    })),
    ...(detail.nextSend
      ? [
          {
            at: detail.nextSend.at,
            lane: "Schedule",
            text: `“${detail.nextSend.name}” sends to this list`,
            mark: "look" as const,
          },
        ]
      : []),
  ];
  return moments.sort((a, b) => a.at.localeCompare(b.at));
}

const TITLE = { confirmed: "Cause", likely: "Likely cause", unclear: "Cause unclear" } as const;

export function Cause(props: { detail: IncidentDetail }) {
  const { detail } = props;
  const clock = useClock();
  const moments = momentsOf(detail);
  const next = moments.findIndex((m) => m.at > clock.now);
  return (
    <Section title={TITLE[detail.cause.certainty]} note="what happened around it">
      {moments.length > 0 && (
        <ol className="moments">
          {moments.map((m, index) => (
            <li key={m.at + m.text} className={index === next ? "after-now" : ""}>
              <span className="soft">{m.lane}</span>
              <strong className="num">{clock.when(m.at)}</strong>
              <Mark name={m.mark} />
              <span className="anyname">{m.text}</span>
              {index === next && <span className="now-line">now</span>}
            </li>
          ))}
        </ol>
      )}
      <p className="moments-say">
        {detail.cause.text === null ? (
          <span className="soft">
            No change on record explains it. Writers and the calendar in the configuration help to name
            causes.
          </span>
        ) : (
          <>
            <strong>
              {detail.cause.certainty === "confirmed"
                ? "Confirmed"
                : detail.cause.certainty === "likely"
                  ? "Likely"
                  : "Unclear"}
              :
            </strong>{" "}
            <span className="anyname">{detail.cause.text}</span>
          </>
        )}
      </p>
    </Section>
  );
}
