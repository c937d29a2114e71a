import type { Overview } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { Figure } from "../ui/figure.tsx";
import { count } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";

type Top = Overview["mailableOptedOut"];

/** The one number that must be 0: people who opted out and can be mailed. */
export function TopNumber(props: { top: Top }) {
  const { top } = props;
  const bad = top.people !== null && top.people > 0;
  return (
    <div className="top-number">
      <h2>Mailable although opted out</h2>
      <div className="tn-row">
        <p className={`tn-figure ${bad ? "t-act" : ""} ${top.people === null ? "tn-words" : ""}`}>
          {top.lowerBound && top.people !== null && <span className="tn-least">at least </span>}
          {count(top.people)}
        </p>
        {top.history.length > 1 && <History history={top.history} />}
      </div>
      <p className="soft">
        {(top.lowerBound || top.people === null) && (
          <>
            <Mark name="cant_tell" silent />{" "}
          </>
        )}
        <span className="anyname">{top.where}</span>
        {top.before && <> {top.before}</>}
      </p>
    </div>
  );
}

const HIGH = 46;

function History(props: { history: Top["history"] }) {
  const clock = useClock();
  const { history } = props;
  const most = Math.max(1, ...history.map((h) => h.people ?? 0));
  const worst = history.reduce<Top["history"][number] | null>(
    (a, b) => ((b.people ?? -1) > (a?.people ?? -1) ? b : a),
    null,
  );
  const first = history[0];
  const step = 160 / history.length;
  return (
    <div className="tn-history">
      <Figure
        summary={`Over ${history.length} reads, at most ${count(worst?.people ?? null)} people${worst ? `, on ${clock.date(worst.at)}` : ""}.`}
        table={{
          head: ["Read", "People"],
          rows: history.map((h) => [`${clock.date(h.at)} ${clock.time(h.at)}`, count(h.people)]),
        }}
      >
        <svg width="160" height={HIGH + 14} viewBox={`0 0 160 ${HIGH + 14}`}>
          <path d={`M0 ${HIGH + 0.5}H160`} stroke="var(--line-2)" strokeDasharray="2.5 1.5" />
          {history.map((h, index) => {
            const high = h.people ? Math.max(2, (h.people / most) * HIGH) : 0;
            return (
              <rect
                key={h.at}
                x={index * step}
                y={HIGH - high}
                width={Math.max(1.5, step - 1.2)}
                height={high}
                fill={h.people === most && most > 1 ? "var(--act-mark)" : "var(--mark)"}
              />
            );
          })}
          <text x="0" y={HIGH + 13} fontSize="11" fill="var(--ink-3)">
            {first && clock.date(first.at)}
          </text>
          <text x="160" y={HIGH + 13} fontSize="11" textAnchor="end" fill="var(--ink-3)">
            today
          </text>
        </svg>
      </Figure>
    </div>
  );
}
