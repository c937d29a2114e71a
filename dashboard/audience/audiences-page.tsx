import { Link, useSearch } from "@tanstack/react-router";
import type { AudienceList } from "../../app/api/contract.ts";
import { useAudiences } from "../api/get-audiences.ts";
import { usePageTitle } from "../shell/page-title.ts";
import { EXACT } from "../ui/exact.ts";
import { FilteredEmpty } from "../ui/filtered-empty.tsx";
import { capital, count, inWords, outOf } from "../ui/format.ts";
import { ErrorBlock, Skeleton } from "../ui/state-block.tsx";
import { AudienceTable } from "./audience-table.tsx";
import "./audience.css";
import "./audience-narrow.css";

type Row = AudienceList["audiences"][number];
const isOff = (row: Row) => row.mark !== "fine" && row.mark !== "owner";

/** Which audiences are off? */
export function AudiencesPage() {
  usePageTitle("Audiences");
  const audiences = useAudiences();
  const { show } = useSearch({ from: "/audiences" });
  if (audiences.isError && !audiences.data)
    return (
      <ErrorBlock
        page
        error={audiences.error}
        what="The audiences could not be loaded"
        retry={() => void audiences.refetch()}
      />
    );
  if (!audiences.data) return <Skeleton what="Reading the audiences" />;
  const all = audiences.data.audiences;
  const rows = show === "off" ? all.filter(isOff) : all;
  return (
    <div className="stack">
      <h1 className="head">{verdict(all)}</h1>
      <nav className="tabs" aria-label="Which audiences">
        <Link
          to="/audiences"
          search={{}}
          activeOptions={EXACT}
          aria-current={show === undefined ? "true" : undefined}
        >
          All {count(all.length)}
        </Link>
        <Link
          to="/audiences"
          search={{ show: "off" }}
          activeOptions={EXACT}
          aria-current={show === "off" ? "true" : undefined}
        >
          Not in agreement {count(all.filter(isOff).length)}
        </Link>
      </nav>
      {rows.length === 0 ? (
        <FilteredEmpty
          what="audience"
          filters={show ? [["Only", "not in agreement"]] : []}
          total={all.length}
          clear={
            <Link to="/audiences" search={{}} className="btn">
              Clear filters
            </Link>
          }
        />
      ) : (
        <AudienceTable rows={rows} systems={audiences.data.systems} />
      )}
    </div>
  );
}

function verdict(rows: readonly Row[]) {
  const off = rows.filter((row) => row.mark === "act" || row.mark === "look").length;
  const unknown = rows.filter((row) => row.mark === "cant_tell").length;
  if (rows.length === 0) return "No audience is configured yet.";
  if (off === 0 && unknown === 0)
    return (
      <>
        <strong>All {inWords(rows.length)} audiences agree</strong> in every system.
      </>
    );
  return (
    <>
      <strong>
        {capital(outOf(off, rows.length))} audiences {off === 1 ? "differs" : "differ"}
      </strong>{" "}
      from {off === 1 ? "its" : "their"} owner.
      {unknown > 0 && ` For ${inWords(unknown)} nobody can tell.`}
    </>
  );
}
