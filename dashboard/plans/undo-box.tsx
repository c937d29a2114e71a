import type { PlanDetail } from "../../app/api/contract.ts";
import { useDraftFrom } from "../api/change-plan.ts";
import { useClock } from "../ui/clock.tsx";
import { planName } from "../ui/labels.ts";
import { Section } from "../ui/section.tsx";
import { ErrorBlock } from "../ui/state-block.tsx";
import { useOpenDraft } from "./open-draft.ts";

const days = (n: number): string => (n === 0 ? "Last day" : n === 1 ? "1 more day" : `${n} more days`);

/** What an undo would take back and what it cannot, said before anyone asks for it. */
export function UndoBox(props: { detail: PlanDetail }) {
  const { plan, undo, undonePlan, can } = props.detail;
  const clock = useClock();
  const draft = useDraftFrom(plan.id, "undo");
  const open = useOpenDraft();
  return (
    <section className="framed confirm" aria-label="Undo">
      <h2>Undo</h2>
      <UndoWords words={undo.words} />
      {undonePlan !== null && <p>{planName(undonePlan)} undoes it.</p>}
      {can.undo ? (
        <>
          <button
            type="button"
            className="btn btn-wide"
            disabled={draft.isPending}
            onClick={() => draft.mutate(undefined, { onSuccess: open })}
          >
            Draft the undo of {planName(plan.id)}
          </button>
          <p className="muted small">
            {undo.daysLeft !== null && undo.until !== null && (
              <>
                {days(undo.daysLeft)}, until {clock.when(undo.until)}.{" "}
              </>
            )}
            It is a plan of its own: it passes the same safeguards and changes nothing before it is approved.
          </p>
        </>
      ) : (
        undonePlan === null &&
        undo.refused !== null && <p className="muted small anyname">Not possible: {undo.refused}.</p>
      )}
      {draft.isError && <ErrorBlock error={draft.error} what="The undo could not be drafted" />}
    </section>
  );
}

/** The same sentences on the undo's own page, above its changes. */
export function UndoSection(props: { detail: PlanDetail }) {
  const { plan, undo } = props.detail;
  if (plan.undoes === null || undo.words.length === 0) return null;
  return (
    <Section title={`What undoing ${planName(plan.undoes)} means`}>
      <UndoWords words={undo.words} />
    </Section>
  );
}

function UndoWords(props: { words: readonly string[] }) {
  if (props.words.length === 0) return null;
  return (
    <ul className="undo-words">
      {props.words.map((w) => (
        <li key={w} className="anyname">
          {w}
        </li>
      ))}
    </ul>
  );
}
