import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { IncidentDetail } from "../../app/api/contract.ts";
import { type IncidentVerb, useChangeIncident } from "../api/change-incident.ts";
import { ApiError, said } from "../api/client.ts";
import { useKeys } from "../shell/keys.ts";
import { useClock } from "../ui/clock.tsx";
import { isOver, planName, planState } from "../ui/labels.ts";
import { ErrorBlock, StateBlock } from "../ui/state-block.tsx";

const SNOOZE: readonly (readonly [string, number])[] = [
  ["1 hour", 1],
  ["1 day", 24],
  ["7 days", 168],
];

/** The steps, and the buttons that take them. None of them writes to a system. */
export function WhatToDo(props: { detail: IncidentDetail; draft: () => void; drafting: boolean }) {
  const { incident, todo, nextSend, plans } = props.detail;
  const clock = useClock();
  const change = useChangeIncident(incident.id);
  const [snoozing, setSnoozing] = useState(false);
  const over = incident.state === "resolved";
  const act = (verb: IncidentVerb, until?: string) =>
    change.mutate({ verb, action: { version: incident.version, ...(until ? { until } : {}) } });
  const running = plans.find((plan) => !isOver(plan.state));
  const canDraft = incident.repairable && !over && !running;
  useKeys({
    a: () => !over && act("take"),
    s: () => !over && setSnoozing(true),
    e: () => !over && act("resolve"),
    f: () => !incident.markedFalse && act("dismiss"),
    d: () => canDraft && props.draft(),
  });
  const soon = nextSend && !over && Date.parse(nextSend.at) > Date.parse(clock.now);
  const notAProblem = (
    <button
      type="button"
      className="btn"
      disabled={change.isPending}
      onClick={() => act("dismiss")}
      title="A false alarm: it is counted, and its reading is normal from now on"
    >
      Not a problem{" "}
      <span className="kbd" aria-hidden="true">
        F
      </span>
    </button>
  );
  return (
    <section className="framed todo" aria-label="What to do">
      <h2>{over ? "This is over" : soon ? `What to do before ${clock.when(nextSend.at)}` : "What to do"}</h2>
      {soon && (
        <p className="soft anyname">
          “{nextSend.name}” goes to this list {clock.ago(nextSend.at)}.
        </p>
      )}
      {!over && (
        <ol>
          {todo.map((step, index) => (
            <li key={step}>
              <b className="muted">{index + 1}</b> <span className="anyname">{step}</span>
            </li>
          ))}
        </ol>
      )}
      {over && (
        <p className="soft">
          {incident.markedFalse
            ? "Somebody said that this is not a problem. It stays quiet for 14 days unless it gets worse; what concerns opt-outs is told again all the same."
            : "A complete read showed that it is gone. It opens again by itself should it come back."}
        </p>
      )}
      {!over && (
        <div className="actions">
          {running && (
            <Link to="/plans/$id" params={{ id: String(running.id) }} className="btn btn-primary">
              Open {planName(running.id)}, {planState(running.state)}
            </Link>
          )}
          {canDraft && (
            <button type="button" className="btn btn-primary" disabled={props.drafting} onClick={props.draft}>
              {props.drafting ? "Drafting…" : "Draft repair"}{" "}
              <span className="kbd" aria-hidden="true">
                D
              </span>
            </button>
          )}
          {incident.state !== "acknowledged" && (
            <button type="button" className="btn" disabled={change.isPending} onClick={() => act("take")}>
              I’m on it{" "}
              <span className="kbd" aria-hidden="true">
                A
              </span>
            </button>
          )}
          <Menu opened={snoozing} onChange={setSnoozing} position="bottom-start" width={160} withinPortal>
            <Menu.Target>
              <button type="button" className="btn">
                Snooze{" "}
                <span className="kbd" aria-hidden="true">
                  S
                </span>
              </button>
            </Menu.Target>
            <Menu.Dropdown className="menu">
              {SNOOZE.map(([name, hours]) => (
                <Menu.Item
                  key={name}
                  className="menu-item"
                  onClick={() =>
                    act("snooze", new Date(Date.parse(clock.now) + hours * 3_600_000).toISOString())
                  }
                >
                  {name}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <button type="button" className="btn" disabled={change.isPending} onClick={() => act("resolve")}>
            Resolve{" "}
            <span className="kbd" aria-hidden="true">
              E
            </span>
          </button>
          {notAProblem}
        </div>
      )}
      {over && !incident.markedFalse && <div className="actions">{notAProblem}</div>}
      {!over && (
        <p className="muted small">
          {incident.repairable
            ? "A draft changes nothing. You review every change before it runs."
            : "Plumbline cannot repair this itself; it checks again with every read."}
        </p>
      )}
      {change.isError &&
        (change.error instanceof ApiError && change.error.status === 409 ? (
          <StateBlock live tone="look" mark="look" title="Somebody was quicker">
            <p>{said(change.error)} What you see now is fresh.</p>
          </StateBlock>
        ) : (
          <ErrorBlock error={change.error} what="That could not be saved" />
        ))}
    </section>
  );
}
