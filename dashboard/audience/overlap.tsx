import { Link } from "@tanstack/react-router";
import type { AudienceDetail, SystemOverlap } from "../../app/api/contract.ts";
import { useOverlap } from "../api/get-overlap.ts";
import { useClock } from "../ui/clock.tsx";
import { EXACT } from "../ui/exact.ts";
import { people, plural, share } from "../ui/format.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Section } from "../ui/section.tsx";
import { UpSet } from "../ui/upset.tsx";

/** Which other audiences of a system hold the same people: lists that are one, and people who get mail twice. */
export function Overlap(props: { audience: AudienceDetail; system: string | undefined }) {
  const { audience } = props;
  const clock = useClock();
  const system = [props.system, audience.owner, audience.systems[0]?.id]
    .map((id) => audience.systems.find((s) => s.id === id))
    .find((s) => s !== undefined);
  const overlap = useOverlap(system?.id ?? audience.owner, audience.id);
  const readAt = overlap.data?.parts[0]?.readAt;
  return (
    <Section
      className="au-overlap"
      title="Overlap with other audiences"
      note={readAt === undefined ? undefined : `each person counted once, read ${clock.when(readAt)}`}
    >
      {audience.systems.length > 1 && (
        <nav aria-label="Overlap in" className="pick">
          {audience.systems.map((s) => (
            <Link
              key={s.id}
              to="/audiences/$id"
              params={{ id: audience.id }}
              search={s.id === audience.owner ? {} : { system: s.id }}
              resetScroll={false}
              className="chip"
              activeOptions={EXACT}
              aria-current={s.id === system?.id ? "true" : undefined}
            >
              <span className="anyname">{s.title}</span>
            </Link>
          ))}
        </nav>
      )}
      <Loaded
        answer={overlap}
        failed="The overlap could not be loaded"
        waiting="Counting who is in which audience"
      >
        {(data) => <Parts overlap={data} audience={audience} />}
      </Loaded>
    </Section>
  );
}

function Parts(props: { overlap: SystemOverlap; audience: AudienceDetail }) {
  const { overlap, audience } = props;
  if (overlap.parts.length === 0)
    return (
      <p className="muted">
        No read of <span className="anyname">{overlap.title}</span> has this and another audience whole yet.
      </p>
    );
  return overlap.parts.map((part) => (
    <Part key={part.audiences.map((a) => a.id).join()} part={part} audience={audience} at={overlap.title} />
  ));
}

type PartOf = SystemOverlap["parts"][number];

function Part(props: { part: PartOf; audience: AudienceDetail; at: string }) {
  const { part, audience } = props;
  const [self, first] = part.audiences;
  if (self === undefined || first === undefined)
    return (
      <p className="muted">
        Nobody of this audience is in another one in <span className="anyname">{props.at}</span>.
      </p>
    );
  const title = (id: string | undefined) => part.audiences.find((a) => a.id === id)?.title ?? "";
  return (
    <>
      <p>
        Most in common: <strong className="anyname">{share(first.shared, self.people)}</strong> are also in{" "}
        <Link to="/audiences/$id" params={{ id: first.id }} className="anyname">
          {first.title}
        </Link>
        .
      </p>
      <UpSet
        groups={part.groups}
        owner={audience.id}
        systems={part.audiences.map((a) => ({ id: a.id, title: a.title, size: a.people }))}
        audiences
        label={(group) =>
          group.in.length === 1 ? "only here" : group.in.length === 2 ? `+ ${title(group.in[1])}` : null
        }
      />
      {(part.rest > 0 || part.others > 0) && (
        <p className="muted small">
          Not drawn: {part.rest > 0 && `${people(part.rest)} in smaller groups`}
          {part.rest > 0 && part.others > 0 && ", "}
          {part.others > 0 && `${plural(part.others, "further audience")} with fewer people in common`}.
        </p>
      )}
    </>
  );
}
