import type { PlanDetail } from "../../app/api/contract.ts";
import { useReview } from "../api/change-plan.ts";
import { useClock } from "../ui/clock.tsx";
import { people } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";
import { ErrorBlock } from "../ui/state-block.tsx";

/** Suppressions that one person carried out alone are looked at by another afterwards. */
export function Review(props: { detail: PlanDetail }) {
  const { review, plan } = props.detail;
  const clock = useClock();
  const done = useReview(plan.id);
  if (review === null) return null;
  return (
    <Section title="Review">
      <div className="stack" style={{ gap: 8 }}>
        <p className="marked">
          <Mark name={review.by === null ? "look" : "fine"} silent />
          <span className="anyname">
            {review.by === null
              ? `${people(review.suppressed)} suppressed on the word of ${plan.author} alone.`
              : `${review.by} looked at the ${people(review.suppressed)} suppressed${review.at === null ? "" : `, ${clock.when(review.at)}`}.`}
          </span>
        </p>
        {review.can && (
          <button
            type="button"
            className="btn btn-wide"
            disabled={done.isPending}
            onClick={() => done.mutate()}
          >
            I have looked at them
          </button>
        )}
        {review.because !== null && <p className="muted small">To do: {review.because}.</p>}
        {done.isError && <ErrorBlock error={done.error} what="The review was not kept" />}
      </div>
    </Section>
  );
}
