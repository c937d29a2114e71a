import { Link } from "@tanstack/react-router";
import type { AudienceDetail } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { EXACT } from "../ui/exact.ts";
import { count, signed } from "../ui/format.ts";
import { LazySizeChart } from "../ui/lazy-chart.tsx";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";

const RANGES = [7, 28, 56] as const;

/** One system large: every read, its expected range, and what changed when. */
export function Trend(props: { audience: AudienceDetail; days: number; system: string | undefined }) {
  const { audience } = props;
  const clock = useClock();
  const system =
    audience.systems.find((s) => s.id === props.system) ??
    audience.systems.find((s) => s.id === audience.owner) ??
    audience.systems[0];
  if (!system) return <p className="muted">This audience has no copy yet.</p>;
  return (
    <div className="stack">
      <div className="picks">
        <nav aria-label="System" className="pick">
          {audience.systems.map((s) => (
            <Link
              key={s.id}
              to="/audiences/$id"
              params={{ id: audience.id }}
              search={{ tab: "trend", days: props.days, system: s.id }}
              className="chip"
              activeOptions={EXACT}
              aria-current={s.id === system.id ? "true" : undefined}
            >
              <Mark name={s.cell.mark} silent size={11} /> <span className="anyname">{s.title}</span>
            </Link>
          ))}
        </nav>
        <nav aria-label="Range" className="pick">
          {RANGES.map((days) => (
            <Link
              key={days}
              to="/audiences/$id"
              params={{ id: audience.id }}
              search={{ tab: "trend", days, system: system.id }}
              className="chip"
              activeOptions={EXACT}
              aria-current={days === props.days ? "true" : undefined}
            >
              {days} days
            </Link>
          ))}
        </nav>
      </div>
      <Section
        title={`Size in ${system.title}`}
        note="each dot a complete read; shaded: normal range; hollow: partial, not compared"
      >
        <LazySizeChart
          title={system.title}
          points={system.line}
          mark={system.cell.mark}
          changes={system.changes}
          height={320}
          large
        />
      </Section>
      <div className="two">
        <Section title="What changed" note="our configuration and the fields of the system">
          {system.changes.length === 0 ? (
            <p className="muted">Nothing on record in these {count(props.days)} days.</p>
          ) : (
            <ul className="plain">
              {system.changes.map((change) => (
                <li key={change.at + change.text} className="marked">
                  <Mark name="config" />{" "}
                  <span>
                    <span className="muted">{clock.when(change.at)}</span>{" "}
                    <span className="anyname">{change.text}</span>
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Section>
        <Section title="Last read" note="against the one before">
          <p className="facts">
            <span>
              Joined: <strong>{signed(system.entries)}</strong>
            </span>
            <span>
              Left: <strong>{system.exits === null ? "can’t tell" : signed(-system.exits)}</strong>
            </span>
          </p>
        </Section>
      </div>
    </div>
  );
}
