import { useNavigate } from "@tanstack/react-router";
import { useAudiences } from "../api/get-audiences.ts";
import type { IncidentSearch } from "../router.tsx";
import { severityWord } from "../ui/labels.ts";
import { Mark } from "../ui/mark.tsx";

/** Filters live in the URL; the list reads them from there. */
export function Filters(props: { search: IncidentSearch }) {
  const { search } = props;
  const navigate = useNavigate();
  const audiences = useAudiences().data;
  const set = (change: Partial<Record<keyof IncidentSearch, string>>) => {
    const next = Object.fromEntries(
      Object.entries({ ...search, ...change }).filter(([, value]) => value !== ""),
    );
    void navigate({ to: "/incidents", search: next as IncidentSearch, replace: true });
  };
  const options = (all: readonly { id: string; title: string }[] | undefined, chosen: string | undefined) => {
    const known = all ?? [];
    return chosen && !known.some((o) => o.id === chosen) ? [...known, { id: chosen, title: chosen }] : known;
  };
  return (
    <div className="filters">
      <Choice
        label="State"
        value={search.state ?? ""}
        set={(state) => set({ state })}
        options={[
          ["", "Open"],
          ["all", "Open and resolved"],
        ]}
      />
      <Choice
        label="Severity"
        value={search.severity ?? ""}
        set={(severity) => set({ severity })}
        options={[
          ["", "Any"],
          ["act", severityWord("act")],
          ["look", severityWord("look")],
        ]}
      />
      <Choice
        label="Audience"
        value={search.audience ?? ""}
        set={(audience) => set({ audience })}
        options={[
          ["", "Any"],
          ...options(audiences?.audiences, search.audience).map((a) => [a.id, a.title] as const),
        ]}
      />
      <Choice
        label="System"
        value={search.system ?? ""}
        set={(system) => set({ system })}
        options={[
          ["", "Any"],
          ...options(audiences?.systems, search.system).map((s) => [s.id, s.title] as const),
        ]}
      />
      {search.check && (
        <button type="button" className="chip" onClick={() => set({ check: "" })}>
          Rule: {search.check} <Mark name="fail" silent size={9} />
          <span className="hidden">, remove</span>
        </button>
      )}
    </div>
  );
}

function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  set: (value: string) => void;
}) {
  return (
    <label className="choice">
      <span className="muted small">{props.label}</span>
      <select className="input" value={props.value} onChange={(event) => props.set(event.target.value)}>
        {props.options.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
