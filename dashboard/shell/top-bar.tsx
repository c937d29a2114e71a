import { Link } from "@tanstack/react-router";
import type { Status } from "../../app/api/contract.ts";
import { useClock } from "../ui/clock.tsx";
import { modeWord } from "../ui/labels.ts";
import { FreshnessChip } from "./freshness-chip.tsx";
import { Logo } from "./logo.tsx";
import { ThemeButton } from "./theme-button.tsx";

const HINT: Record<Status["mode"], string> = {
  demo: "Invented people in simulated systems",
  read_only: "Nothing can be written to any system",
  writes_on: "Approved plans write to your systems",
};

export function TopBar(props: { status: Status | undefined; openMenu: () => void; openHelp: () => void }) {
  const clock = useClock();
  const { status } = props;
  return (
    <header className="top">
      <Link to="/" className="brand narrow-only">
        <Logo /> Plumbline
      </Link>
      <button type="button" className="find" onClick={props.openMenu}>
        <span className="find-long">Find an audience, incident, plan</span>
        <span className="find-short">Search</span>
        <span className="kbd" aria-hidden="true">
          Ctrl K
        </span>
      </button>
      <div className="top-end">
        {status && <FreshnessChip systems={status.systems} />}
        {status && (
          <span className="chip mode" title={HINT[status.mode]}>
            {modeWord(status.mode)}
            <span className="hidden">: {HINT[status.mode]}</span>
          </span>
        )}
        {status && (
          <span className="chip wide-only" title={status.timezone}>
            <span className="hidden">Times are in </span>
            {clock.zone}
          </span>
        )}
        <ThemeButton />
        <button type="button" className="chip wide-only" onClick={props.openHelp}>
          Help{" "}
          <span className="kbd" aria-hidden="true">
            ?
          </span>
        </button>
      </div>
    </header>
  );
}
