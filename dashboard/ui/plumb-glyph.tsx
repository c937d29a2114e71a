import type { Cell } from "../../app/api/contract.ts";
import { count } from "./format.ts";
import { Mark } from "./mark.tsx";
import "./plumb-glyph.css";

const LONGEST = 46;

/** Square-root length of a share of the owner’s people: small leaks stay visible, big ones are capped. */
export function barLength(people: number, ownerSize: number | null): { px: number; capped: boolean } {
  if (people <= 0) return { px: 0, capped: false };
  const px = Math.sqrt(people / Math.max(people, ownerSize ?? people)) * 152;
  return px > LONGEST ? { px: LONGEST, capped: true } : { px: Math.max(4, Math.round(px)), capped: false };
}

/** The cell as a sentence: "Klaviyo, 42 missing, 27,310 extra, act now". */
export function cellWords(cell: Cell, system: string): string {
  if (cell.mark === "absent") return `${system}, not held here`;
  if (cell.mark === "owner") return `${system}, the owner, ${count(cell.size)} people`;
  if (cell.mark === "cant_tell") return `${system}, can’t tell${cell.because ? `: ${cell.because}` : ""}`;
  const parts = [system];
  if (cell.missing === 0 && cell.extra === 0) parts.push("same people");
  else parts.push(`${count(cell.missing)} missing`, `${count(cell.extra)} extra`);
  if (cell.mailableOptedOut) parts.push(`${count(cell.mailableOptedOut)} opted out and mailable`);
  if (cell.mark === "act") parts.push("act now");
  if (cell.mark === "look") parts.push("look at it");
  return parts.join(", ");
}

/** Which side carries the finding: the larger one. */
const heavy = (cell: Cell): "missing" | "extra" =>
  (cell.missing ?? 0) >= (cell.extra ?? 0) ? "missing" : "extra";

function Side(props: {
  side: "missing" | "extra";
  people: number | null;
  ownerSize: number | null;
  loud: "act" | "look" | null;
}) {
  const { side, people, loud } = props;
  if (!people) return null;
  const bar = barLength(people, props.ownerSize);
  return (
    <span className={`pg-side pg-${side} ${loud ? `pg-loud t-${loud}` : ""}`}>
      <span className="pg-num">
        {side === "missing" ? "−" : "+"}
        {count(people)}
      </span>
      <span
        className={`pg-bar ${bar.capped ? "pg-capped" : ""}`}
        style={{ width: bar.px, background: loud ? `var(--${loud}-mark)` : "var(--mark)" }}
      />
    </span>
  );
}

/** One copy against its owner: missing hang left, extra right, agreement is a bare line. */
export function PlumbGlyph(props: { cell: Cell; system: string; ownerSize: number | null }) {
  const { cell } = props;
  const loud = cell.mark === "act" || cell.mark === "look" ? cell.mark : null;
  const side = heavy(cell);
  // beside a number on its own side the flag keeps above the bar
  const both = Boolean(cell.missing) && Boolean(cell.extra);
  const same = (cell.mark === "fine" || loud !== null) && cell.missing === 0 && cell.extra === 0;
  return (
    <span className={`pg pg-is-${cell.mark} ${loud ? `pg-tint-${loud}` : ""}`}>
      <span className="hidden">{cellWords(cell, props.system)}</span>
      <span aria-hidden="true" className="pg-in">
        <span className="pg-line" />
        {cell.mark === "owner" && (
          <>
            <span className="pg-dot">
              <Mark name="owner" silent />
            </span>
            <span className="pg-word">owner</span>
          </>
        )}
        {cell.mark === "cant_tell" && (
          <>
            <span className="pg-dot">
              <Mark name="cant_tell" silent />
            </span>
            <span className="pg-word">can’t tell</span>
          </>
        )}
        {same && <span className="pg-word pg-same">same</span>}
        {cell.mark !== "owner" && cell.mark !== "cant_tell" && cell.mark !== "absent" && (
          <>
            <Side
              side="missing"
              people={cell.missing}
              ownerSize={props.ownerSize}
              loud={side === "missing" ? loud : null}
            />
            <Side
              side="extra"
              people={cell.extra}
              ownerSize={props.ownerSize}
              loud={side === "extra" ? loud : null}
            />
          </>
        )}
        {loud && (
          <span
            className={`pg-flag pg-flag-${side === "missing" && !same ? "right" : "left"} ${both ? "pg-flag-high" : ""}`}
          >
            <Mark name={loud} silent size={11} />
          </span>
        )}
      </span>
    </span>
  );
}
