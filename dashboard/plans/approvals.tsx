import type { PlanDetail, Status } from "../../app/api/contract.ts";
import { useSession } from "../api/session.ts";
import { useClock } from "../ui/clock.tsx";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";

/** Who has approved, and who has to come next. */
export function Approvals(props: { detail: PlanDetail; status: Status | undefined }) {
  const { detail, status } = props;
  const clock = useClock();
  const session = useSession();
  const second = detail.plan.need === "second_person";
  const waits = second && detail.approvals.length < 2;
  const other = status?.switchable.find(
    (person) =>
      person.name !== status.me.name &&
      person.name !== detail.plan.author &&
      (person.role === "approver" || person.role === "admin"),
  );
  if (detail.approvals.length === 0 && !second && detail.override === null) return null;
  return (
    <Section title="Approval">
      <ul className="approvals">
        {detail.override !== null && (
          <li>
            <Mark name="look" silent />{" "}
            <span className="anyname">
              {detail.override.by} overrode its size, because “{detail.override.reason}”
            </span>
            <span className="soft">{clock.when(detail.override.at)}</span>
          </li>
        )}
        {detail.approvals.map((a) => (
          <li key={a.person + a.at}>
            <Mark name="fine" silent />{" "}
            <span className="anyname">
              {a.person}
              {a.person === detail.plan.author && ", author"}
              {a.covers !== null && <span className="covers soft">{a.covers}</span>}
            </span>
            <span className="soft">{clock.when(a.at)}</span>
          </li>
        ))}
        {waits && (
          <li>
            <Mark name="cant_tell" silent />{" "}
            <span>
              A second person
              {detail.can.coolingOffUntil && (
                <span className="soft">, or a wait until {clock.time(detail.can.coolingOffUntil)}</span>
              )}
            </span>
            {other && status?.me.name !== other.name && (
              <button type="button" className="btn-link" onClick={() => session.mutate({ name: other.name })}>
                Act as {other.name}
              </button>
            )}
          </li>
        )}
      </ul>
    </Section>
  );
}
