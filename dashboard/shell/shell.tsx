import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";
import { useStatus } from "../api/get-status.ts";
import { ClockProvider } from "../ui/clock.tsx";
import { ApplyBar } from "./apply-bar.tsx";
import { BottomTabs } from "./bottom-tabs.tsx";
import { CommandMenu } from "./command-menu.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { moveFocus, useKeys } from "./keys.ts";
import { Rail } from "./rail.tsx";
import { SignIn } from "./sign-in.tsx";
import { TopBar } from "./top-bar.tsx";
import "./shell.css";
import "./dialog.css";
import "./shell-narrow.css";

/** What is around every page: where we are, how fresh the data is, what is running. */
export function Shell() {
  const { data: status, error } = useStatus();
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);

  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setMenu((open) => !open);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  useKeys({
    "g o": () => void navigate({ to: "/" }),
    "g a": () => void navigate({ to: "/audiences" }),
    "g i": () => void navigate({ to: "/incidents" }),
    "g p": () => void navigate({ to: "/plans" }),
    "/": () => setMenu(true),
    "?": () => setHelp(true),
    j: () => moveFocus("[data-row]", 1),
    k: () => moveFocus("[data-row]", -1),
  });

  if (error instanceof ApiError && error.status === 401) return <SignIn />;
  const silent = error instanceof ApiError && error.status === 0;

  return (
    <ClockProvider now={status?.now ?? ""} zone={status?.timezone ?? "UTC"}>
      <div className="shell">
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <Rail status={status} />
        <div className="body">
          <TopBar status={status} openMenu={() => setMenu(true)} openHelp={() => setHelp(true)} />
          {silent && (
            <p className="lost" role="alert">
              The server does not answer. What you see is from the last answer; trying again.
            </p>
          )}
          {status && <ApplyBar status={status} />}
          <main id="main" ref={main} tabIndex={-1} className="page">
            <Outlet />
          </main>
        </div>
        <BottomTabs status={status} openHelp={() => setHelp(true)} />
      </div>
      <CommandMenu open={menu} close={() => setMenu(false)} />
      <HelpDialog open={help} close={() => setHelp(false)} />
    </ClockProvider>
  );
}
