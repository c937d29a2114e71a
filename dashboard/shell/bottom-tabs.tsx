import { Menu } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Status } from "../../app/api/contract.ts";
import { useSession } from "../api/session.ts";
import { count } from "../ui/format.ts";
import { ThemeButton } from "./theme-button.tsx";

/** The rail of a narrow screen. */
export function BottomTabs(props: { status: Status | undefined; openHelp: () => void }) {
  const counts = props.status?.counts;
  const navigate = useNavigate();
  const session = useSession();
  const others = props.status?.switchable.filter((person) => person.name !== props.status?.me.name) ?? [];
  return (
    <nav className="bottom" aria-label="Pages, narrow">
      <Link to="/" activeOptions={{ exact: true }}>
        Overview
      </Link>
      <Link to="/audiences">Audiences</Link>
      <Link to="/incidents">
        Incidents{" "}
        {counts && counts.openIncidents > 0 && (
          <b className={counts.actIncidents > 0 ? "t-act" : ""}>{count(counts.openIncidents)}</b>
        )}
      </Link>
      <Link to="/plans">
        Plans {counts && counts.waitingPlans > 0 && <b>{count(counts.waitingPlans)}</b>}
      </Link>
      <Menu position="top-end" width={230} withinPortal closeOnItemClick>
        <Menu.Target>
          <button type="button">More</button>
        </Menu.Target>
        <Menu.Dropdown className="menu">
          <Menu.Item className="menu-item" onClick={() => void navigate({ to: "/runs" })}>
            Runs
          </Menu.Item>
          <Menu.Item className="menu-item" onClick={() => void navigate({ to: "/systems" })}>
            Systems
          </Menu.Item>
          {props.status?.mode === "demo" && (
            <Menu.Item className="menu-item" component="a" href="/demo/slack">
              Demo: Slack channel
            </Menu.Item>
          )}
          {props.status?.mode === "demo" && (
            <Menu.Item className="menu-item" component="a" href="/demo/mail">
              Demo: mailbox
            </Menu.Item>
          )}
          {others.map((person) => (
            <Menu.Item
              key={person.name}
              className="menu-item"
              onClick={() => session.mutate({ name: person.name })}
            >
              Act as {person.name}
            </Menu.Item>
          ))}
          <Menu.Item className="menu-item" onClick={props.openHelp}>
            Help
          </Menu.Item>
          <div className="menu-item">
            <ThemeButton className="btn btn-wide" />
          </div>
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
