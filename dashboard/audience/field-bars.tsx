import type { AudienceDetail } from "../../app/api/contract.ts";
import { TableTwin } from "../ui/figure.tsx";
import { count } from "../ui/format.ts";

type Field = AudienceDetail["fields"][number];
type State = Field["states"][number];
type Systems = AudienceDetail["systems"];

/** People without a valid value; null when that is not known. */
export const without = (state: State): number | null =>
  state.members === null || state.valid === null ? null : state.members - state.valid;
const wrong = (state: State): number => (state.invalid ?? 0) + (state.placeholder ?? 0);

export function FieldsLegend() {
  return (
    <p className="muted small legend-row">
      <span>
        <i className="fb-key fb-valid" /> valid
      </span>
      <span>
        <i className="fb-key fb-invalid" /> invalid or placeholder
      </span>
      <span>
        <i className="fb-key fb-empty" /> empty
      </span>
      <span>number: people without a valid value</span>
    </p>
  );
}

/** One row per required field. Invalid values are loud; empty ones only where they are many. */
export function Fields(props: { fields: readonly Field[]; systems: Systems }) {
  const { fields, systems } = props;
  const state = (field: Field, system: string) => field.states.find((s) => s.system === system);
  const title = (id: string) => systems.find((s) => s.id === id)?.title ?? id;
  if (fields.length === 0) return <p className="cols-all muted">No field is required of this audience.</p>;
  return (
    <>
      {fields.map((field) => (
        <div key={field.attribute} className="fields-row">
          <code className="fb-name anyname">{field.attribute}</code>
          {systems.map((s) => (
            <Bar key={s.id} state={state(field, s.id)} title={s.title} />
          ))}
        </div>
      ))}
      <div className="cols-all">
        <TableTwin
          caption="People per state of each field"
          head={["Field", "System", "Valid", "Empty", "Invalid", "Placeholder", "Differs from owner"]}
          rows={fields.flatMap((f) =>
            f.states
              .filter((s) => s.held)
              .map((s) => [
                f.title,
                title(s.system),
                count(s.valid),
                count(s.empty),
                count(s.invalid),
                count(s.placeholder),
                count(s.differ),
              ]),
          )}
        />
      </div>
    </>
  );
}

function Bar(props: { state: State | undefined; title: string }) {
  const { state } = props;
  const name = <span className="narrow-name">{props.title}</span>;
  if (!state?.held) return <p className="fb muted small">{name}not held here</p>;
  const bad = without(state);
  if (bad === null || state.members === null) return <p className="fb soft small">{name}can’t tell</p>;
  const part = (n: number) => `${state.members ? Math.min(100, (n / state.members) * 100) : 0}%`;
  const loud = bad > 0 && bad > state.members * 0.05;
  return (
    <p className="fb">
      {name}
      <span className="fb-bar" aria-hidden="true">
        <span className="fb-valid" style={{ width: part(state.valid ?? 0) }} />
        <span className="fb-invalid" style={{ width: part(wrong(state)) }} />
      </span>
      <span className={loud ? "t-look strong" : "soft"}>
        {bad === 0 ? "none" : count(bad)}
        <span className="hidden"> of {count(state.members)} without a valid value</span>
      </span>
    </p>
  );
}
