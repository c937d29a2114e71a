import { Mark } from "../ui/mark.tsx";

const STEPS = ["Draft", "Checks", "Review", "Approved", "Applying", "Verifying", "Done"] as const;
const AT: Record<string, number> = {
  draft: 1,
  checked: 2,
  approved: 3,
  applying: 4,
  verifying: 5,
  done: 7,
  refused: 2,
  expired: 2,
  stale: 2,
};

/** Where the plan stands; a plan that ended early names how. */
export function Stepper(props: { state: string; started: boolean }) {
  const { state } = props;
  const at = AT[state] ?? (props.started ? 4 : 2);
  const ended: string | null =
    { stopped: "Stopped", refused: "Refused", expired: "Expired", stale: "Out of date" }[state] ?? null;
  return (
    <ol className="stepper" aria-label="Progress of this plan">
      {STEPS.map((step, index) => {
        const now = index === at;
        return (
          <li
            key={step}
            className={index < at ? "past" : now ? "now" : ""}
            {...(now ? { "aria-current": "step" as const } : {})}
          >
            <Mark
              name={index < at ? "fine" : now && ended ? "fail" : now ? "owner" : "waiting"}
              silent
              size={11}
            />
            {now && ended ? ended : step}
            {index < at && <span className="hidden"> (passed)</span>}
          </li>
        );
      })}
    </ol>
  );
}
