import { Link } from "@tanstack/react-router";
import type { Cell, Overview } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { count, signed } from "../ui/format.ts";
import { PlumbGlyph } from "../ui/plumb-glyph.tsx";
import { Section } from "../ui/section.tsx";
import { Bob } from "./bob.tsx";

type Row = Overview["matrix"][number];
type Systems = Overview["systems"];

/** Every copy of every audience against its owner: a real table whose cells read as sentences. */
export function PlumbMatrix(props: { matrix: Overview["matrix"]; systems: Systems }) {
  const { matrix, systems } = props;
  return (
    <Section
      title="Where the copies disagree"
      note="people missing and extra, against each audience’s owner"
      end={<Link to="/audiences">All audiences</Link>}
      className="ov-matrix"
    >
      <div className="scroll-x" tabIndex={systems.length > 5 ? 0 : undefined}>
        <table className="matrix">
          <caption className="hidden">
            Missing and extra people per audience and system, against the audience’s owner
          </caption>
          <thead>
            <tr>
              <th scope="col" className="m-name">
                Audience<span className="wide">, people at its owner</span>
              </th>
              {systems.map((s) => (
                <th key={s.id} scope="col" className="m-system">
                  <span className="m-long">{s.title}</span>
                  <span className="m-short" aria-hidden="true">
                    {s.title.slice(0, systems.length > 4 ? 4 : 7)}
                  </span>
                </th>
              ))}
              <th scope="col" className="m-next num">
                Next send
              </th>
            </tr>
          </thead>
          <tbody>
            {matrix.map((row) => (
              <MatrixRow key={row.audience} row={row} systems={systems} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td className="muted small">− missing │ + extra</td>
              {systems.map((s) => (
                <td key={s.id}>
                  <Bob
                    cells={matrix.flatMap((row) =>
                      row.cells
                        .filter((c) => c.system === s.id)
                        .map((cell) => ({ cell, ownerSize: row.ownerSize })),
                    )}
                  />
                </td>
              ))}
              <td className="m-next" />
            </tr>
          </tfoot>
        </table>
      </div>
    </Section>
  );
}

/** On a narrow screen the numbers leave the cells; the worst one stands under the name. */
function worst(row: Row, systems: Systems): { text: string; mark: "act" | "look" } | null {
  const found = (mark: "act" | "look"): Cell | undefined => row.cells.find((cell) => cell.mark === mark);
  const cell = found("act") ?? found("look");
  if (!cell || (cell.mark !== "act" && cell.mark !== "look")) return null;
  const number = (cell.missing ?? 0) >= (cell.extra ?? 0) ? signed(-(cell.missing ?? 0)) : signed(cell.extra);
  return {
    text: `${number} ${systems.find((s) => s.id === cell.system)?.title ?? cell.system}`,
    mark: cell.mark,
  };
}

const absent = (system: string): Cell => ({
  system,
  mark: "absent",
  missing: null,
  extra: null,
  mailableOptedOut: null,
  size: null,
  asOf: null,
  because: null,
});

function MatrixRow(props: { row: Row; systems: Systems }) {
  const { row, systems } = props;
  const clock = useClock();
  const bad = worst(row, systems);
  const today = row.nextSend !== null && clock.when(row.nextSend.at) === clock.time(row.nextSend.at);
  return (
    <tr>
      <th scope="row" className="m-name">
        <Link to="/audiences/$id" params={{ id: row.audience }} data-row="" className="row-link anyname">
          {row.title}
        </Link>{" "}
        <span className="m-size">{count(row.ownerSize)}</span>
        {bad && (
          <span className={`m-worst t-${bad.mark}`} aria-hidden="true">
            {bad.text}
          </span>
        )}
      </th>
      {systems.map((s) => (
        <td key={s.id}>
          <PlumbGlyph
            cell={row.cells.find((c) => c.system === s.id) ?? absent(s.id)}
            system={s.title}
            ownerSize={row.ownerSize}
          />
        </td>
      ))}
      <td className="m-next num">
        {row.nextSend ? (
          <span className={today ? "m-today" : ""} title={row.nextSend.name}>
            {today ? "Today " : ""}
            {clock.when(row.nextSend.at)}
          </span>
        ) : (
          <span className="muted">not known</span>
        )}
      </td>
    </tr>
  );
}
