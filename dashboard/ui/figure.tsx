import type { ReactNode } from "react";

export type Cells = readonly (string | number)[];

/** The same facts as a real table, closed until asked for. */
export function TableTwin(props: { caption: string; head: readonly string[]; rows: readonly Cells[] }) {
  return (
    <details className="twin">
      <summary>
        As a table<span className="hidden">: {props.caption}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard */}
      <section className="twin-body" tabIndex={0} aria-label={props.caption}>
        <table className="table">
          <caption className="hidden">{props.caption}</caption>
          <thead>
            <tr>
              {props.head.map((name, index) => (
                <th key={name} scope="col" className={index > 0 ? "num" : ""}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row, index) => (
              <tr key={`${index}-${row[0]}`}>
                {row.map((cell, column) => (
                  <td key={`${column}-${cell}`} className={`anyname ${column > 0 ? "num" : ""}`}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

/** A chart: drawn for eyes, said in a sentence for everybody, and given as a table. */
export function Figure(props: {
  summary: string;
  table: { head: readonly string[]; rows: readonly Cells[] };
  visibleSummary?: boolean;
  children: ReactNode;
}) {
  return (
    <figure>
      <div aria-hidden="true">{props.children}</div>
      <figcaption className={props.visibleSummary ? "muted small" : "hidden"}>{props.summary}</figcaption>
      <TableTwin caption={props.summary} head={props.table.head} rows={props.table.rows} />
    </figure>
  );
}
