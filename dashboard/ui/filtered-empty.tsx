import type { ReactNode } from "react";
import { plural } from "./format.ts";

/** Nothing matches: which filters are on, how to clear them, and how much there is without them. */
export function FilteredEmpty(props: {
  what: string;
  filters: readonly (readonly [string, string])[];
  total: number | null;
  clear: ReactNode;
}) {
  return (
    <div className="stack" style={{ justifyItems: "start", gap: 10 }}>
      <h2 className="lead">
        No {props.what} matches {plural(props.filters.length, "filter")}
      </h2>
      <p style={{ display: "flex", flexWrap: "wrap", gap: 6 }}>
        {props.filters.map(([name, value]) => (
          <span key={name} className="chip anyname">
            {name}: {value}
          </span>
        ))}
      </p>
      {props.clear}
      {props.total !== null && <p className="muted">{plural(props.total, props.what)} without them.</p>}
    </div>
  );
}
