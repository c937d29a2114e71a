import type { AudienceDetail } from "../../app/api/contract.ts";
import { FlipStrip } from "../ui/flip-strip.tsx";
import { count, people, plural } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";

/** From so many returns in the last 20 reads on a member flips. */
const FLIPS = 3;

/** People who leave and come back, under pseudonyms; the most restless first. */
export function Flips(props: { audience: AudienceDetail }) {
  const { flips, systems, replays, owner } = props.audience;
  const title = (id: string) => systems.find((s) => s.id === id)?.title ?? id;
  if (flips.length === 0)
    return (
      <p className="marked">
        <Mark name="fine" silent /> <span>Nobody leaves and returns.</span>
      </p>
    );
  const many = new Set(flips.map((f) => f.system)).size > 1;
  return (
    <>
      <ul className="flips">
        {flips.map((flip) => (
          <li key={flip.system + flip.name}>
            <span className="anyname">
              {flip.name}
              {many && <span className="muted small"> {title(flip.system)}</span>}
            </span>
            <FlipStrip
              bits={flip.bits}
              label={`${flip.name} in ${title(flip.system)}: ${plural(flip.returns, "return")} in ${count(flip.bits.length)} reads`}
            />
            <span className="nowrap">
              <strong className={flip.returns >= FLIPS ? "t-look" : ""}>{count(flip.returns)}</strong>{" "}
              {flip.returns === 1 ? "return" : "returns"}{" "}
              {flip.returns >= FLIPS && <Mark name="look" size={11} />}
            </span>
          </li>
        ))}
      </ul>
      {replays.map((replay) => (
        <Replay key={replay.system} replay={replay} system={title(replay.system)} owner={title(owner)} />
      ))}
      <p className="muted small">Names are invented for each person. Oldest read left, newest right.</p>
    </>
  );
}

/** History over again with one rule that decides: what it would have spared, and for whom it decides otherwise. */
function Replay(props: { replay: AudienceDetail["replays"][number]; system: string; owner: string }) {
  const { replay, system, owner } = props;
  const now = `${people(replay.people)} in ${system}: ${plural(replay.flipsAWeek, "flip")} a week.`;
  if (replay.rule === null)
    return (
      <p className="small anyname">{now} What a rule would have made of them, these reads can’t tell.</p>
    );
  const rule =
    replay.rule.name === "owner_wins"
      ? `With ${owner} deciding`
      : "With everybody left where they were first";
  return (
    <p className="small anyname">
      {now} {rule}: <strong>{count(replay.rule.flipsAWeek)}</strong>; final state differs for{" "}
      <strong>{people(replay.rule.differs)}</strong>.
    </p>
  );
}
