import { useId, useState } from "react";
import type { SystemList } from "../../app/api/contract.ts";
import { useStatus } from "../api/get-status.ts";
import { useSwitchWrites } from "../api/switch-writes.ts";
import { Dialog } from "../shell/dialog.tsx";
import { useClock } from "../ui/clock.tsx";
import { Mark } from "../ui/mark.tsx";
import { ErrorBlock } from "../ui/state-block.tsx";

type System = SystemList["systems"][number];
const SHORTEST = 5;

/** May Plumbline write here? Off until an admin says otherwise; whoever did, and why, stands beside it. */
export function Writes(props: { system: System }) {
  const { system } = props;
  const { writes } = system;
  const clock = useClock();
  const admin = useStatus().data?.me.role === "admin";
  const [open, setOpen] = useState(false);
  if (writes === null) return null;
  return (
    <div className="writes">
      <p className="marked">
        <Mark name={writes.enabled ? "fine" : "waiting"} size={11} silent />
        <span>
          <strong>Writes are {writes.enabled ? "on" : "off"}</strong>
          {writes.at !== null && (
            <span className="soft anyname">
              {" "}
              since {clock.when(writes.at)}, by {writes.by}: {writes.reason}
            </span>
          )}
          {writes.at === null && <span className="soft"> until an admin turns them on</span>}
        </span>
      </p>
      {admin && (
        <button type="button" className="btn" onClick={() => setOpen(true)}>
          Turn writes {writes.enabled ? "off" : "on"}
          <span className="hidden"> for {system.title}</span>
        </button>
      )}
      <Dialog
        open={open}
        close={() => setOpen(false)}
        title={`Turn writes to ${system.title} ${writes.enabled ? "off" : "on"}?`}
        size={480}
      >
        <Ask system={system} enabled={!writes.enabled} close={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function Ask(props: { system: System; enabled: boolean; close: () => void }) {
  const { system, enabled, close } = props;
  const change = useSwitchWrites(system.id);
  const [reason, setReason] = useState("");
  const why = useId();
  const ready = reason.trim().length >= SHORTEST && !change.isPending;
  return (
    <form
      className="stack ask-writes"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) change.mutate({ enabled, reason: reason.trim() }, { onSuccess: close });
      }}
    >
      <p>
        {enabled
          ? "Approved plans may then change people there. Each still passes its safeguards and its approval."
          : "A plan that writes there now stops within seconds; what is done stays done and is read back. Approved plans wait."}
      </p>
      <label className="field">
        <span>Reason, for the log</span>
        <input
          className="input"
          value={reason}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <p className="dialog-actions">
        <button
          type="submit"
          className={`btn ${enabled ? (ready ? "btn-primary" : "") : "btn-stop"}`}
          aria-disabled={!ready}
          aria-describedby={why}
        >
          Turn writes {enabled ? "on" : "off"}
        </button>{" "}
        <button type="button" className="btn" onClick={close}>
          Leave them {enabled ? "off" : "on"}
        </button>
      </p>
      <p id={why} className="muted small">
        {ready ? "Your name and the reason stand in the audit log." : "Give a reason first."}
      </p>
      {change.isError && <ErrorBlock error={change.error} what="It was not changed" />}
    </form>
  );
}
