import { Link } from "@tanstack/react-router";
import type { Overview } from "../../app/api/contract.ts";
import { TableTwin } from "../ui/figure.tsx";
import { count } from "../ui/format.ts";
import { Heartbeat } from "../ui/heartbeat.tsx";
import { Section } from "../ui/section.tsx";

/** Did we read everything? One bar a read; the words say it too. */
export function Reads(props: { reads: Overview["reads"] }) {
  const most = Math.max(0, ...props.reads.map((r) => r.beats.length));
  const tally = (read: Overview["reads"][number]) =>
    (["complete", "partial", "unusable"] as const).map((c) =>
      count(read.beats.filter((b) => b.coverage === c).length),
    );
  return (
    <Section
      title="Did we read everything?"
      note={most > 0 ? `last ${count(most)} reads` : undefined}
      end={<Link to="/runs">All runs</Link>}
      className="ov-reads"
    >
      <ul className="reads">
        {props.reads.map((read) => {
          const known = read.beats.at(-1)?.coverage === "complete";
          return (
            <li key={read.system}>
              <span className="reads-name anyname">{read.title}</span>
              <div>
                <Heartbeat beats={read.beats} label={`${read.title}: ${read.summary}`} />
                <p className={`small ${known ? "muted" : "reads-open"}`}>{read.summary}</p>
              </div>
            </li>
          );
        })}
      </ul>
      <TableTwin
        caption="Reads per system"
        head={["System", "Complete", "Partial", "Failed"]}
        rows={props.reads.map((read) => [read.title, ...tally(read)])}
      />
    </Section>
  );
}
