import type { AudienceDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { Section } from "../ui/section.tsx";

type System = AudienceDetail["systems"][number];
type Version = NonNullable<System["rule"]>["versions"][number];

/** The rule that each system says is behind its copy, and how it was changed last. */
export function Rules(props: { systems: readonly System[] }) {
  const told = props.systems.filter((s) => s.rule !== null);
  const silent = props.systems.filter((s) => s.rule === null);
  return (
    <Section title="Rules of the segments" note="as the systems tell them at each read">
      {told.length === 0 ? (
        <p className="muted">No system tells a rule behind its copy.</p>
      ) : (
        <>
          <ul className="rules">
            {told.map((s) => (
              <RuleOf key={s.id} system={s} />
            ))}
          </ul>
          {silent.length > 0 && (
            <p className="muted anyname">No rule is told by {silent.map((s) => s.title).join(", ")}.</p>
          )}
        </>
      )}
    </Section>
  );
}

function RuleOf(props: { system: System }) {
  const clock = useClock();
  const { rule, title } = props.system;
  const [now, ...before] = rule?.versions ?? [];
  if (rule === null || now === undefined) return null;
  return (
    <li>
      <h3>
        <span className="anyname">
          {title}: “{rule.name}”
        </span>
      </h3>
      <p className="soft">
        {now.diff.length === 0
          ? `Unchanged since it was first read, ${clock.when(now.firstSeen)}.`
          : changedWords(now, before[0], clock.when)}
      </p>
      {now.diff.length === 0 ? (
        <code className="anyname rule-text">{now.definition}</code>
      ) : (
        <Diff lines={now.diff} />
      )}
      {before.some((v) => v.diff.length > 0) && (
        <details>
          <summary>Earlier changes</summary>
          {before
            .filter((v) => v.diff.length > 0)
            .map((v) => (
              <div key={v.version}>
                <p className="soft">{changedWords(v, undefined, clock.when)}</p>
                <Diff lines={v.diff} />
              </div>
            ))}
        </details>
      )}
    </li>
  );
}

/** The vendor's own time where there is one, else the two reads that it lies between. */
function changedWords(now: Version, before: Version | undefined, when: (at: string) => string): string {
  if (now.changedAt !== null) return `Changed ${when(now.changedAt)}, as the system says.`;
  return before === undefined
    ? `Changed before the read of ${when(now.firstSeen)}.`
    : `Changed between the reads of ${when(before.lastSeen)} and ${when(now.firstSeen)}.`;
}

const SIGN = { same: " ", removed: "−", added: "+" } as const;

function Diff(props: { lines: Version["diff"] }) {
  return (
    <ol className="rule-text" aria-label="The rule, with what was removed and added">
      {props.lines.map((line, i) => (
        <li key={i} className={`rule-${line.kind}`}>
          <span aria-hidden="true">{SIGN[line.kind]} </span>
          {line.kind !== "same" && <span className="hidden">{line.kind}: </span>}
          <span className="anyname">{line.text}</span>
        </li>
      ))}
    </ol>
  );
}
