import type { AudienceDetail } from "../../app/api/contract.ts";
import { count, people } from "../ui/format.ts";
import { Mark } from "../ui/mark.tsx";
import { ScoreParts } from "../ui/score.tsx";
import { Section } from "../ui/section.tsx";
import { UpSet } from "../ui/upset.tsx";
import { Columns } from "./columns.tsx";
import { Flips } from "./flips.tsx";
import { Overlap } from "./overlap.tsx";

export function Summary(props: { audience: AudienceDetail; system: string | undefined }) {
  const { audience } = props;
  const inOverlap = audience.systems.filter((s) => audience.overlap.some((o) => o.in.includes(s.id)));
  const reads = Math.max(0, ...audience.flips.map((flip) => flip.bits.length));
  return (
    <>
      <Columns audience={audience} />
      <div className="two au-lower">
        <Section title="Who is where" note="each person counted once, by the systems that hold them">
          {audience.overlapBecause && (
            <p className="marked soft">
              <Mark name="cant_tell" silent /> <span>{audience.overlapBecause}</span>
            </p>
          )}
          {audience.overlap.length > 0 ? (
            <UpSet
              groups={audience.overlap}
              owner={audience.owner}
              systems={inOverlap.map((s) => ({ id: s.id, title: s.title, size: s.cell.size }))}
            />
          ) : (
            !audience.overlapBecause && <p className="muted">No comparison yet.</p>
          )}
        </Section>
        <div className="au-side">
          <Section
            title="Leaves and returns"
            note={
              audience.flippingPeople > 0
                ? `${people(audience.flippingPeople)}, last ${count(reads)} reads`
                : undefined
            }
          >
            <Flips audience={audience} />
          </Section>
          <ScoreParts score={audience.score} />
        </div>
      </div>
      <Overlap audience={audience} system={props.system} />
    </>
  );
}
