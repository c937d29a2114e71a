import { Link } from "@tanstack/react-router";
import type { Overview } from "../../app/api/contract.ts";
import { count, ownPath } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";

/** At most five things that wait for a person, the most urgent first. */
export function NeedsYou(props: { items: Overview["needsYou"]; total: number; trusted: boolean }) {
  const more = props.total - props.items.length;
  return (
    <Section title="Needs you" note={props.total > 0 ? count(props.total) : undefined} className="ov-needs">
      {props.items.length === 0 && (
        <p className="marked">
          <Mark name={props.trusted ? "fine" : "cant_tell"} silent />{" "}
          <span>Nothing waits for you{!props.trusted && " in what could be read"}.</span>
        </p>
      )}
      <ul className="needs">
        {props.items.map((item, index) => (
          <li key={`${item.link} ${item.title}`}>
            <Mark name={item.mark} />
            <div>
              <h3 className="anyname">{item.title}</h3>
              <p className="soft anyname">{item.text}</p>
            </div>
            <Link to={ownPath(item.link)} className={`btn ${index === 0 ? "btn-primary" : ""}`}>
              <span>{item.action}</span>
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p className="needs-more">
          <Link to="/incidents">{count(more)} more</Link>
        </p>
      )}
    </Section>
  );
}
