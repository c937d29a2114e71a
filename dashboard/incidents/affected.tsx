import type { IncidentDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count, people } from "../ui/format.ts";
import { MaskedPeople } from "../ui/masked-people.tsx";
import { Section } from "../ui/section.tsx";

/** A masked sample of the people it concerns. */
export function Affected(props: { affected: IncidentDetail["affected"] }) {
  const clock = useClock();
  const { affected } = props;
  if (affected === null) {
    return (
      <Section title="Who is affected">
        <p className="muted">
          Names of this read are no longer kept (7 days). The next read brings them back if it still holds.
        </p>
      </Section>
    );
  }
  const since = affected.people.some((p) => p.since !== null);
  const evidence = affected.people.some((p) => p.evidence !== null);
  return (
    <Section title="Who is affected" note={people(affected.total)}>
      <MaskedPeople
        caption="A masked sample of the people affected"
        head={[affected.kind, "State", ...(since ? ["Since"] : []), ...(evidence ? ["Evidence"] : [])]}
        rows={affected.people.map((p) => [
          p.masked,
          p.state,
          ...(since ? [p.since ? clock.date(p.since) : ""] : []),
          ...(evidence ? [p.evidence ?? ""] : []),
        ])}
      />
      <p className="muted small">
        {count(affected.people.length)} of {count(affected.total)}, in random order. Addresses are masked.
      </p>
    </Section>
  );
}
