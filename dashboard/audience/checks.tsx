import type { AudienceChecks } from "../../app/api/contract.ts";
import { useChecks } from "../api/get-checks.ts";
import { useClock } from "../ui/clock.tsx";
import { plural } from "../ui/format.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Section } from "../ui/section.tsx";
import { StateBlock } from "../ui/state-block.tsx";
import { CheckTable } from "./check-table.tsx";

/** What the last audit's checks said of every copy, and why some said nothing. */
export function Checks(props: { audience: string }) {
  const checks = useChecks(props.audience);
  const clock = useClock();
  const at = checks.data?.judgedAt ?? null;
  return (
    <Section
      title="Checks"
      note={checks.data && at !== null ? noteOf(checks.data, clock.when(at)) : undefined}
    >
      <Loaded
        answer={checks}
        failed="The checks could not be loaded"
        waiting="Looking up what the checks said"
        skeleton="checks-skel"
      >
        {(data) => <Judged checks={data} />}
      </Loaded>
    </Section>
  );
}

/** "judged 06:04: 41 fine, 2 found something, 12 can’t tell"; what is too old is not counted as fine. */
function noteOf(checks: AudienceChecks, when: string): string {
  if (checks.overdue) return `judged ${when}`;
  const cells = checks.checks.flatMap((c) => c.cells);
  const fine = cells.filter((c) => c.state === "fine").length;
  const found = cells.filter((c) => c.state === "found").length;
  const open = cells.filter((c) => c.state === "cant_tell" && c.mark === "cant_tell").length;
  return `judged ${when}: ${fine} fine, ${found} found something, ${open} can’t tell`;
}

function Judged(props: { checks: AudienceChecks }) {
  const { checks } = props;
  if (checks.judgedAt === null)
    return <p className="muted">No audit yet. The checks judge this audience when it is read next.</p>;
  const off = checks.checks.filter((c) => c.off);
  return (
    <>
      {checks.overdue && (
        <StateBlock tone="look" mark="look" title="The checks last ran longer ago than they should have">
          <p>What they said then stays, with its time. Nothing is called fine until they run again.</p>
        </StateBlock>
      )}
      <CheckTable checks={checks} />
      {off.length > 0 && (
        <details className="twin">
          <summary>
            {plural(off.length, "check is", "checks are")} not set up, or not meant for this audience
          </summary>
          <ul className="plain checks-off">
            {off.map((c) => (
              <li key={c.check} className="soft">
                <span className="anyname">{c.title}</span> <code className="muted small">{c.check}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
