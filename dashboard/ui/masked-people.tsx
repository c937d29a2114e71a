import type { ReactNode } from "react";

/** Rows of masked people. What arrives is already masked; whatever it is, it is shown as text. */
export function MaskedPeople(props: {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a narrow screen this region scrolls and has to be reachable by keyboard
    <section className="scroll-x" tabIndex={0} aria-label={props.caption}>
      <table className="table masked">
        <caption className="hidden">{props.caption}</caption>
        <thead>
          <tr>
            {props.head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={props.head[column]} className={column === 0 ? "mono" : ""}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
