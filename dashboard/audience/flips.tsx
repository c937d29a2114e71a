import type { AudienceDetail } from "../../app/api/contract.ts";
import { FlipStrip } from "../ui/flip-strip.tsx";
import { count, plural } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";

/** From so many returns in the last 20 reads on a member flips. */
const FLIPS = 3;

/** People who leave and come back, under pseudonyms; the most restless first. */
export function Flips(props: { flips: AudienceDetail["flips"]; systems: AudienceDetail["systems"] }) {
  const title = (id: string) => props.systems.find((s) => s.id === id)?.title ?? id;
  if (props.flips.length === 0)
    return (
      <p className="marked">
        <Mark name="fine" silent /> <span>Nobody leaves and returns.</span>
      </p>
    );
  const many = new Set(props.flips.map((f) => f.system)).size > 1;
  return (
    <>
      <ul className="flips">
        {props.flips.map((flip) => (
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
      <p className="muted small">Names are invented for each person. Oldest read left, newest right.</p>
    </>
  );
}
