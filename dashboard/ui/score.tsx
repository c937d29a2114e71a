import type { Score } from "../../app/api/contract.ts";
import { count } from "./format.ts";
import { Mark } from "./mark.tsx";
import { scoreMark, scoreWord } from "./score-words.ts";
import { Section } from "./section.tsx";
import "./score.css";

/** How far can it be trusted? The worst part is the score; every part is shown, with what sets it. */
export function ScoreParts(props: { score: Score; className?: string }) {
  const { score } = props;
  const parts = score.parts.filter((p) => p.state !== "not_applicable");
  return (
    <Section
      title="Integrity score"
      note="0 to 100; the worst part counts"
      {...(props.className === undefined ? {} : { className: props.className })}
    >
      <p className={`score-figure ${score.value === null ? "score-words" : ""}`}>
        {score.atMost && score.value !== null && <span className="score-most">at most </span>}
        {score.value === null ? "can’t tell" : count(score.value)}
      </p>
      <p className="soft anyname">{score.text}</p>
      <dl className="score-parts">
        {parts.map((part) => (
          <div key={part.dimension} className={part.dimension === score.heldBy ? "score-held" : ""}>
            <dt>
              <Mark name={scoreMark(part)} silent /> {scoreWord(part.dimension)}
            </dt>
            <dd className="num">
              {part.value === null ? (
                <span className="muted">can’t tell</span>
              ) : (
                <>
                  {part.state === "partly" && <span className="muted small">at most </span>}
                  {count(part.value)}
                </>
              )}
            </dd>
            {(part.value !== 100 || part.state === "partly") && part.dimension !== score.heldBy && (
              <dd className="score-why small muted anyname">{part.text}</dd>
            )}
          </div>
        ))}
      </dl>
    </Section>
  );
}
