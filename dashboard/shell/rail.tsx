import { Link } from "@tanstack/react-router";
import type { Status } from "../../app/api/contract.ts";
import { count } from "../ui/format.ts";
import { Logo } from "./logo.tsx";
import { PersonMenu } from "./person-menu.tsx";

/** Only pages that exist. The demo’s Slack and mail are pages of the server, so plain links. */
export function Rail(props: { status: Status | undefined }) {
  const { status } = props;
  const counts = status?.counts;
  return (
    <nav className="rail" aria-label="Pages">
      <Link to="/" className="brand">
        <Logo /> Plumbline
      </Link>
      <div className="rail-pages">
        <ul>
          <li>
            <Link to="/" activeOptions={{ exact: true }}>
              Overview
            </Link>
          </li>
          <li>
            <Link to="/audiences">
              Audiences <span className="tally">{counts && count(counts.audiences)}</span>
            </Link>
          </li>
          <li>
            <Link to="/incidents">
              Incidents
              <span className={`tally ${counts?.actIncidents ? "t-act" : ""}`}>
                {counts && count(counts.openIncidents)}
                <span className="hidden"> open</span>
              </span>
            </Link>
          </li>
          <li>
            <Link to="/plans">
              Plans{" "}
              {counts && counts.waitingPlans > 0 && (
                <span className="tally">
                  {count(counts.waitingPlans)}
                  <span className="hidden"> waiting</span>
                </span>
              )}
            </Link>
          </li>
        </ul>
        <ul>
          <li>
            <Link to="/runs">Runs</Link>
          </li>
          <li>
            <Link to="/systems">Systems</Link>
          </li>
        </ul>
        {status?.mode === "demo" && (
          <>
            <h2 className="rail-head">Demo</h2>
            <ul className="after-head">
              <li>
                <a href="/demo/slack">Slack channel</a>
              </li>
              <li>
                <a href="/demo/mail">Mailbox</a>
              </li>
            </ul>
          </>
        )}
      </div>
      <div className="rail-foot">{status && <PersonMenu status={status} />}</div>
    </nav>
  );
}
