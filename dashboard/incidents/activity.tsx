import { Link } from "@tanstack/react-router";
import type { IncidentDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { incidentName, planName, planState } from "../ui/labels.ts";
import { Section } from "../ui/section.tsx";

/** Who did what, newest last; plans and similar incidents below. */
export function Activity(props: { detail: IncidentDetail }) {
  const { events, plans, similar } = props.detail;
  const clock = useClock();
  return (
    <Section title="Activity" note={clock.zone}>
      <ol className="activity inline-links">
        {events.map((event) => (
          <li key={event.at + event.kind + event.text}>
            <span className="muted">{clock.when(event.at)}</span>{" "}
            <span className="anyname">
              {event.text}
              {event.actor !== "" && event.actor.toLowerCase() !== "plumbline" && (
                <span className="muted"> {event.actor}</span>
              )}
            </span>
          </li>
        ))}
        {plans.map((plan) => (
          <li key={plan.id}>
            <span className="muted">Repair</span>{" "}
            <span>
              <Link to="/plans/$id" params={{ id: String(plan.id) }}>
                {planName(plan.id)}
              </Link>
              , {planState(plan.state)}
            </span>
          </li>
        ))}
        {similar.map((other) => (
          <li key={other.id}>
            <span className="muted">Similar</span>{" "}
            <span className="anyname">
              <Link to="/incidents/$id" params={{ id: String(other.id) }}>
                {incidentName(other.id)}
              </Link>
              , {other.title}
              {other.resolvedAt && `, resolved ${clock.date(other.resolvedAt)}`}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
