import { Link } from "@tanstack/react-router";
import type { AudienceChecks, CheckCell } from "../../app/api/contract.ts";
import { incidentName } from "../ui/labels.ts";
import { Mark } from "../ui/mark.tsx";

type Row = AudienceChecks["checks"][number];

/** One row per check under its heading, one column per system; on a narrow screen the systems follow the check. */
export function CheckTable(props: { checks: AudienceChecks }) {
  const { checks } = props;
  const rows = checks.checks.filter((c) => !c.off);
  const groups = [...new Set(rows.map((c) => c.group))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: with many systems this region scrolls and has to be reachable by keyboard
    <section className="scroll-x" tabIndex={0} aria-label="Checks by system">
      <table className="table checks">
        <thead>
          <tr>
            <td />
            {checks.systems.map((s) => (
              <th key={s.id} scope="col">
                <span className="anyname">{s.title}</span>
                {s.owner && <span className="muted"> owner</span>}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group}>
            <tr>
              <th scope="rowgroup" colSpan={checks.systems.length + 1} className="checks-group">
                <span className="anyname">{group}</span>
              </th>
            </tr>
            {rows
              .filter((row) => row.group === group)
              .map((row) => (
                <CheckRow key={row.check} row={row} checks={checks} />
              ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function CheckRow(props: { row: Row; checks: AudienceChecks }) {
  const { row, checks } = props;
  return (
    <tr>
      <th scope="row" className="checks-name">
        <span className="anyname">{row.title}</span>
      </th>
      {checks.systems.map((s) => (
        <td key={s.id} className="small">
          <Said cell={row.cells.find((c) => c.system === s.id)} system={s.title} overdue={checks.overdue} />
        </td>
      ))}
    </tr>
  );
}

function Said(props: { cell: CheckCell | undefined; system: string; overdue: boolean }) {
  const { cell } = props;
  if (cell === undefined) return null;
  const past = props.overdue && cell.state === "fine";
  const words = wordsOf(cell, props.overdue);
  const found = cell.findings.join("; ");
  return (
    <div className="checks-cell" title={found || undefined}>
      <Mark name={past ? "waiting" : cell.mark} silent={past} />
      <span>
        <span className="narrow-name anyname">{props.system}</span>
        {words !== null && <span className="soft anyname checks-words">{words}</span>}
        {cell.incidents.map((id) => (
          <Link key={id} to="/incidents/$id" params={{ id: String(id) }} className="checks-incident">
            {incidentName(id)}
          </Link>
        ))}
        {found !== "" && <span className="hidden">: {found}</span>}
      </span>
    </div>
  );
}

/** A tick needs no words, and an incident tells for itself. */
function wordsOf(cell: CheckCell, overdue: boolean): string | null {
  switch (cell.state) {
    case "fine":
      return overdue ? "was fine" : null;
    case "found":
      return cell.incidents.length > 0 ? null : "found; no incident is open";
    case "cant_tell":
      // The row is set up for another copy, else it would be folded away.
      return cell.because?.code === "not_configured" ? "not for this copy" : (cell.because?.words ?? null);
  }
}
