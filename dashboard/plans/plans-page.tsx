import { Link, useSearch } from "@tanstack/react-router";
import { usePlans } from "../api/get-plans.ts";
import { usePageTitle } from "../shell/page-title.ts";
import { EXACT } from "../ui/exact.ts";
import { FilteredEmpty } from "../ui/filtered-empty.tsx";
import { capital, inWords } from "../ui/format.ts";
import { isOver } from "../ui/labels.ts";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { PlanTable } from "./plan-table.tsx";
import "./plans.css";
import "./plans-narrow.css";

/** Which repairs wait, run, or are over? */
export function PlansPage() {
  usePageTitle("Plans");
  const plans = usePlans();
  const { show } = useSearch({ from: "/plans" });
  if (plans.isError && !plans.data)
    return (
      <ErrorBlock
        page
        error={plans.error}
        what="The plans could not be loaded"
        retry={() => void plans.refetch()}
      />
    );
  if (!plans.data) return <Skeleton what="Reading the plans" />;
  const all = plans.data.plans;
  const waiting = all.filter((p) => !isOver(p.state));
  const shown = show === "waiting" ? waiting : show === "over" ? all.filter((p) => isOver(p.state)) : all;
  return (
    <div className="stack">
      <h1 className="head">
        {all.length === 0 ? (
          "No repair was drafted yet."
        ) : waiting.length === 0 ? (
          "No plan waits."
        ) : (
          <>
            <strong>
              {capital(inWords(waiting.length))} {waiting.length === 1 ? "plan waits" : "plans wait"} or{" "}
              {waiting.length === 1 ? "runs" : "run"}.
            </strong>{" "}
            {capital(inWords(all.length - waiting.length))} {all.length - waiting.length === 1 ? "is" : "are"}{" "}
            over.
          </>
        )}
      </h1>
      {all.length === 0 ? (
        <p className="lead soft">
          Open an incident and draft its repair. A draft changes nothing.{" "}
          <Link to="/incidents">Incidents</Link>
        </p>
      ) : (
        <>
          <nav className="tabs" aria-label="Which plans">
            <Link
              to="/plans"
              search={{}}
              activeOptions={EXACT}
              aria-current={show === undefined ? "true" : undefined}
            >
              All
            </Link>
            <Link
              to="/plans"
              search={{ show: "waiting" }}
              activeOptions={EXACT}
              aria-current={show === "waiting" ? "true" : undefined}
            >
              Waiting or running
            </Link>
            <Link
              to="/plans"
              search={{ show: "over" }}
              activeOptions={EXACT}
              aria-current={show === "over" ? "true" : undefined}
            >
              Over
            </Link>
          </nav>
          {shown.length === 0 ? (
            <FilteredEmpty
              what="plan"
              filters={[["Only", show === "over" ? "over" : "waiting or running"]]}
              total={all.length}
              clear={
                <Link to="/plans" search={{}} className="btn">
                  Clear filters
                </Link>
              }
            />
          ) : (
            <PlanTable plans={shown} />
          )}
        </>
      )}
    </div>
  );
}
