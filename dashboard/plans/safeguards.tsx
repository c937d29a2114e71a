import type { PlanDetail } from "../../app/api/contract.ts";
import { count } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";
import { Section } from "../ui/section.tsx";

type Guard = PlanDetail["safeguards"][number];
const SHAPE = { pass: "fine", needs: "look", fail: "fail" } as const;
const WORD = { pass: "passes", needs: "needs you", fail: "fails" } as const;

export function Safeguards(props: { safeguards: readonly Guard[] }) {
  const of = (verdict: Guard["verdict"]) => props.safeguards.filter((s) => s.verdict === verdict).length;
  const note = [
    `${count(of("pass"))} pass`,
    of("needs") > 0 && `${count(of("needs"))} ${of("needs") === 1 ? "needs" : "need"} you`,
    of("fail") > 0 && `${count(of("fail"))} ${of("fail") === 1 ? "fails" : "fail"}`,
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <Section title="Safeguards" note={note}>
      <ul className="guards">
        {props.safeguards.map((guard) => (
          <li key={guard.guard + guard.title} className={`g-${guard.verdict}`}>
            <Mark name={SHAPE[guard.verdict]} silent />
            <span>
              <span className="hidden">{WORD[guard.verdict]}: </span>
              <span className="g-title anyname">{guard.title}</span>{" "}
              <span className="soft anyname">
                {guard.verdict === "fail" ? "" : "· "}
                {guard.because}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
