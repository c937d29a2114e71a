import { useNavigate } from "@tanstack/react-router";
import { useId, useMemo, useState } from "react";
import { useAudiences } from "../api/get-audiences.ts";
import { useIncidents } from "../api/get-incidents.ts";
import { usePlans } from "../api/get-plans.ts";
import { count } from "../ui/format.ts";
import { incidentName, incidentState, planName, planState } from "../ui/labels.ts";
import { Dialog } from "./dialog.tsx";

type Entry = { readonly key: string; readonly title: string; readonly note: string; readonly to: string };

const PAGES: readonly Entry[] = [
  ["Overview", "/"],
  ["Audiences", "/audiences"],
  ["Incidents", "/incidents"],
  ["Plans", "/plans"],
  ["Runs", "/runs"],
  ["Systems", "/systems"],
].map(([title = "", to = "/"]) => ({ key: to, title, note: "page", to }));

/** Every word typed has to occur somewhere in the entry. */
export function matching(entries: readonly Entry[], typed: string): Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .filter((entry) =>
      words.every((word) => `${entry.title} ${entry.note} ${entry.key}`.toLowerCase().includes(word)),
    )
    .slice(0, 12);
}

function useEntries(): Entry[] {
  const audiences = useAudiences().data?.audiences;
  const incidents = useIncidents({ state: "open" }).data?.incidents;
  const plans = usePlans().data?.plans;
  return useMemo(
    () => [
      ...PAGES,
      ...(audiences ?? []).map((a) => ({
        key: `a${a.id}`,
        title: a.title,
        note: "audience",
        to: `/audiences/${encodeURIComponent(a.id)}`,
      })),
      ...(incidents ?? []).map((i) => ({
        key: `i${i.id}`,
        title: `${incidentName(i.id)} ${i.title}`,
        note: incidentState(i),
        to: `/incidents/${i.id}`,
      })),
      ...(plans ?? []).slice(0, 30).map((p) => ({
        key: `p${p.id}`,
        title: `${planName(p.id)} ${p.audienceTitle}`,
        note: `${count(p.changes)} changes, ${planState(p.state)}`,
        to: `/plans/${p.id}`,
      })),
    ],
    [audiences, incidents, plans],
  );
}

export function CommandMenu(props: { open: boolean; close: () => void }) {
  return (
    <Dialog open={props.open} close={props.close} title="Find an audience, incident or plan" bare>
      <Finder close={props.close} />
    </Dialog>
  );
}

function Finder(props: { close: () => void }) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const id = useId();
  const found = matching(useEntries(), typed);
  const open = (entry: Entry | undefined) => {
    if (!entry) return;
    props.close();
    void navigate({ to: entry.to });
  };
  return (
    <>
      <input
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-label="Find an audience, incident or plan"
        placeholder="Find an audience, incident, plan"
        autoComplete="off"
        data-autofocus
        value={typed}
        {...(found[at] ? { "aria-activedescendant": `${id}-${at}` } : {})}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") {
            event.preventDefault();
            setAt((n) => Math.min(found.length - 1, n + 1));
          }
          if (event.key === "ArrowUp") {
            event.preventDefault();
            setAt((n) => Math.max(0, n - 1));
          }
          if (event.key === "Enter") {
            event.preventDefault();
            open(found[at]);
          }
        }}
      />
      <div role="listbox" id={id} aria-label="Found" className="found">
        {found.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above handles the keys of this list
          <div
            key={entry.key}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="found-row"
            onClick={() => open(entry)}
            onMouseMove={() => setAt(index)}
          >
            <span className="anyname">{entry.title}</span> <span className="muted">{entry.note}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className="muted found-none" role="status">
          Nothing here is called “{typed}”. People are never searched for here.
        </p>
      )}
    </>
  );
}
