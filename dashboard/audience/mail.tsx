import type { AudienceDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count, share } from "../ui/format.ts";
import { Section } from "../ui/section.tsx";

/** Which mail goes to these copies or leaves them out, and how it fared. */
export function Mail(props: { audience: AudienceDetail }) {
  return (
    <>
      <Campaigns campaigns={props.audience.campaigns} />
      <Deliveries systems={props.audience.systems} />
    </>
  );
}

function Campaigns(props: { campaigns: AudienceDetail["campaigns"] }) {
  const clock = useClock();
  return (
    <Section title="Campaigns" note="as the systems tell them">
      {props.campaigns.length === 0 ? (
        <p className="muted">No system tells of a campaign to this audience.</p>
      ) : (
        <ul className="plain">
          {props.campaigns.map((c) => (
            <li key={`${c.system} ${c.name} ${c.at} ${c.role}`}>
              <strong className="anyname">{c.name}</strong>{" "}
              <span className="soft anyname">
                {c.systemTitle}, {c.state}
                {c.at === null ? ", no time set" : `, ${clock.when(c.at)}`}
              </span>
              {c.role === "left_out" && (
                <span className="soft">
                  : leaves this audience out, so nobody is taken off its lists by a repair
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Deliveries(props: { systems: AudienceDetail["systems"] }) {
  const clock = useClock();
  const told = props.systems.flatMap((s) => (s.delivery === null ? [] : [{ ...s, ...s.delivery }]));
  if (told.length === 0) return null;
  return (
    <Section title="Mail to these copies" note="messages, by each system’s own count">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a narrow screen this region scrolls and has to be reachable by keyboard */}
      <section className="scroll-x" tabIndex={0} aria-label="Counts of mail by system">
        <table className="table wide-table">
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">From, to</th>
              <th scope="col" className="num">
                Sent
              </th>
              <th scope="col" className="num">
                Bounced
              </th>
              <th scope="col" className="num">
                Complained, at least
              </th>
              <th scope="col" className="num">
                Unsubscribed
              </th>
            </tr>
          </thead>
          <tbody>
            {told.map((d) => (
              <tr key={d.id}>
                <td className="anyname">
                  <strong>{d.title}</strong>
                </td>
                <td className="soft nowrap">
                  {clock.date(d.since)} to {clock.date(d.until)}
                </td>
                <td className="num">{count(d.sent)}</td>
                <td className="num">{share(d.bounced, d.sent)}</td>
                <td className="num">{share(d.complained, d.sent)}</td>
                <td className="num">{share(d.unsubscribed, d.sent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}
