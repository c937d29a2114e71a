import type { CSSProperties } from "react";
import type { AudienceDetail } from "../../app/api/contract.ts";
import { sharedScale } from "../ui/chart-data.ts";
import { useClock } from "../ui/clock.tsx";
import { count, list } from "../ui/format.ts";
import { LazySizeChart } from "../ui/lazy-chart.tsx";
import { Mark } from "../ui/mark.tsx";
import { PlumbGlyph } from "../ui/plumb-glyph.tsx";
import { Fields, FieldsLegend } from "./field-bars.tsx";

type System = AudienceDetail["systems"][number];

/** Size, agreement and fields: one column per system, one row per question, all on one grid. */
export function Columns(props: { audience: AudienceDetail }) {
  const { audience } = props;
  const { systems } = audience;
  const scale = sharedScale(
    systems.map((s) => ({ id: s.id, points: s.line })),
    audience.owner,
  );
  const apart = systems.filter((s) => scale.own.includes(s.id)).map((s) => s.title);
  const ownerSize = systems.find((s) => s.id === audience.owner)?.cell.size ?? null;
  return (
    <section
      className="cols"
      style={{ "--systems": systems.length } as CSSProperties}
      aria-label="Size, agreement and fields per system"
      tabIndex={systems.length > 4 ? 0 : undefined}
    >
      <div className="cols-label">
        <h2>Size</h2>
        <p className="muted small">Shaded: normal for that weekday. Hollow: partial read, not compared.</p>
        <p className="muted small legend">
          <Mark name="config" silent size={11} /> configuration change
        </p>
        {apart.length > 0 && (
          <p className="muted small">
            {list(apart)} {apart.length === 1 ? "has its own scale" : "have their own scale"}.
          </p>
        )}
      </div>
      {systems.map((s) => (
        <Size key={s.id} system={s} domain={scale.domains.get(s.id)} />
      ))}
      <div className="cols-label cols-rule">
        <h2>Agreement</h2>
        <p className="muted small">− missing │ + extra</p>
      </div>
      {systems.map((s) => (
        <div key={s.id} className="cols-rule cols-agree">
          <span className="narrow-name">{s.title}</span>
          <PlumbGlyph cell={s.cell} system={s.title} ownerSize={ownerSize} />
        </div>
      ))}
      <div className="cols-label cols-rule">
        <h2>Fields</h2>
      </div>
      <div className="cols-rest cols-rule">
        <FieldsLegend />
      </div>
      <Fields fields={audience.fields} systems={systems} />
    </section>
  );
}

function Size(props: { system: System; domain: [number, number] | undefined }) {
  const { system } = props;
  const { cell } = system;
  const clock = useClock();
  const loud = cell.mark === "act" || cell.mark === "look" ? cell.mark : null;
  const last = system.line.at(-1);
  const read =
    last === undefined
      ? "not read yet"
      : last.coverage === "complete"
        ? `complete ${clock.when(last.at)}`
        : cell.asOf
          ? `until ${clock.when(cell.asOf)}`
          : "not read completely yet";
  return (
    <div className="cols-size">
      <h3>
        <span className="anyname">{system.title}</span> <span className="muted small">{read}</span>
      </h3>
      <p className={`figure ${loud ? `t-${loud}` : ""}`}>
        {cell.size === null ? (
          <span className="soft">can’t tell</span>
        ) : (
          <>
            {cell.mark === "cant_tell" && <span className="soft">about </span>}
            {count(cell.size)}
          </>
        )}{" "}
        {(loud || cell.mark === "cant_tell") && <Mark name={cell.mark} />}
      </p>
      <LazySizeChart
        title={system.title}
        points={system.line}
        mark={cell.mark}
        changes={system.changes}
        domain={props.domain}
        height={150}
      />
      {system.learning && (
        <p className="muted small">
          Normal range after {count(system.learning.needed)} readings; {count(system.learning.seen)} made.
          Until then only large changes are told.
        </p>
      )}
      {cell.mark === "cant_tell" && cell.because && <p className="muted small anyname">{cell.because}</p>}
    </div>
  );
}
