import type { Overview } from "../../app/api/contract.ts";
import { useOverview } from "../api/get-overview.ts";
import { useStatus } from "../api/get-status.ts";
import { usePageTitle } from "../shell/page-title.ts";
import { useClock } from "../ui/clock.tsx";
import { ScoreParts } from "../ui/score.tsx";
import { ErrorBlock, Skeleton, StateBlock } from "../ui/state-block.tsx";
import { Verdict } from "../ui/verdict.tsx";
import { Changes } from "./changes.tsx";
import { FirstDay } from "./first-day.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { PlumbMatrix } from "./plumb-matrix.tsx";
import { Reads } from "./reads.tsx";
import { TopNumber } from "./top-number.tsx";
import "./overview.css";
import "./overview-narrow.css";

/** Can I trust my audiences today, and what needs me? */
export function OverviewPage() {
  usePageTitle("Overview");
  const overview = useOverview();
  const status = useStatus().data;
  const { data } = overview;
  if (!data) {
    if (status?.progress && overview.isError) return <FirstDay status={status} />;
    if (overview.isError)
      return (
        <ErrorBlock
          page
          error={overview.error}
          what="The overview could not be loaded"
          retry={() => void overview.refetch()}
        />
      );
    return <Skeleton what="Comparing people across systems" aside />;
  }
  if (data.verdictState === "nothing_read") return <FirstDay status={status} />;
  return (
    <>
      {overview.isError && (
        <ErrorBlock
          error={overview.error}
          what="This is the last answer; a newer one could not be loaded"
          retry={() => void overview.refetch()}
        />
      )}
      <Loaded data={data} />
    </>
  );
}

function Loaded(props: { data: Overview }) {
  const { data } = props;
  const clock = useClock();
  const stale = data.verdictState === "stale";
  // Green is withdrawn as soon as something was not read or is too old.
  const trusted = data.verdictState === "agree" || data.verdictState === "disagree";
  return (
    <div className="overview two">
      <div className="ov-verdict">
        <p className="soft ov-question">
          Can I trust my audiences?{" "}
          {stale && data.asOf ? (
            <strong>
              True as of {clock.when(data.asOf)} {clock.zone}
            </strong>
          ) : (
            clock.now && clock.full(clock.now)
          )}
        </p>
        <Verdict parts={data.verdict} />
        {stale && (
          <StateBlock tone="look" mark="look" title="A system was last read longer ago than it may be">
            <p>
              Numbers stay, with their time. Nothing is called fine, and repairs that use that system wait.
            </p>
          </StateBlock>
        )}
      </div>
      <TopNumber top={data.mailableOptedOut} />
      <div className="ov-column">
        <PlumbMatrix matrix={data.matrix} systems={data.systems} />
        <Changes changes={data.changes} trusted={trusted} />
      </div>
      <div className="ov-column">
        <NeedsYou items={data.needsYou} total={data.needsYouTotal} trusted={trusted} />
        <ScoreParts score={data.score} className="ov-score" />
        <Reads reads={data.reads} />
      </div>
    </div>
  );
}
