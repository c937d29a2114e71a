import type { Cell } from "../../app/api/contract.ts";

type Weighed = { readonly cell: Cell; readonly ownerSize: number | null };

/** How far the bob of a column hangs off: square root of the net share, right when people are extra. In px. */
export function lean(cells: readonly Weighed[]): number {
  const net = cells.reduce(
    (sum, { cell, ownerSize }) =>
      sum + ((cell.extra ?? 0) - (cell.missing ?? 0)) / Math.max(1, ownerSize ?? 1),
    0,
  );
  return Math.sign(net) * Math.min(26, Math.round(Math.sqrt(Math.abs(net)) * 60));
}

/** The bob at the foot of a column: off-centre when its system is, hollow when nobody can tell. */
export function Bob(props: { cells: readonly Weighed[] }) {
  const marks = props.cells.map(({ cell }) => cell.mark);
  const unknown =
    marks.length > 0 &&
    marks.every((mark) => mark === "cant_tell" || mark === "absent") &&
    marks.includes("cant_tell");
  const x = 30 + (unknown ? 0 : lean(props.cells));
  const worst = marks.includes("act")
    ? "var(--act-mark)"
    : marks.includes("look")
      ? "var(--look-mark)"
      : "var(--ink)";
  return (
    <svg aria-hidden="true" className="bob" width="60" height="22" viewBox="0 0 60 22">
      <path
        d={`M30 0L${x} 7`}
        stroke={unknown ? "var(--edge)" : "var(--bar)"}
        strokeWidth="1.5"
        strokeDasharray={unknown ? "3 2.5" : "none"}
        fill="none"
      />
      <path
        d={`M${x} 6l4.4 5-4.4 7-4.4-7z`}
        fill={unknown ? "var(--bg)" : worst}
        stroke={unknown ? "var(--edge)" : worst}
        strokeDasharray={unknown ? "2 1.5" : "none"}
      />
    </svg>
  );
}
