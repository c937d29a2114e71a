import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import type { IncidentFilter } from "./api/get-incidents.ts";
import { OverviewPage } from "./overview/overview-page.tsx";
import { NotFound } from "./shell/not-found.tsx";
import { PageError } from "./shell/page-error.tsx";
import { Shell } from "./shell/shell.tsx";

type Search = Record<string, unknown>;
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined;
const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((one) => one === value);

const TABS = ["summary", "trend", "checks", "definition", "history"] as const;
export type AudienceTab = (typeof TABS)[number];
export type AudienceSearch = { tab?: AudienceTab; days?: number; system?: string };
export type IncidentSearch = Partial<IncidentFilter>;
export type PlanListSearch = { show?: "waiting" | "over" };
export type AudienceListSearch = { show?: "off" };

/** Names every key: of one that is left out, the router hands on whatever stands in the URL. */
const search = <T extends object>(values: { [K in keyof Required<T>]: T[K] | undefined }): T => values as T;

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageError });

const overview = createRoute({ getParentRoute: () => root, path: "/", component: OverviewPage });
const audiences = createRoute({
  getParentRoute: () => root,
  path: "/audiences",
  validateSearch: (s: Search): AudienceListSearch =>
    search<AudienceListSearch>({ show: oneOf(s.show, ["off"]) }),
  component: lazyRouteComponent(() => import("./audience/audiences-page.tsx"), "AudiencesPage"),
});
export const audienceRoute = createRoute({
  getParentRoute: () => root,
  path: "/audiences/$id",
  validateSearch: (s: Search): AudienceSearch =>
    search<AudienceSearch>({
      tab: oneOf(s.tab, TABS),
      days: [7, 56].find((days) => days === Number(s.days)),
      system: text(s.system),
    }),
  component: lazyRouteComponent(() => import("./audience/audience-page.tsx"), "AudiencePage"),
});
const incidents = createRoute({
  getParentRoute: () => root,
  path: "/incidents",
  validateSearch: (s: Search): IncidentSearch =>
    search<IncidentSearch>({
      state: oneOf(s.state, ["all"]),
      severity: oneOf(s.severity, ["act", "look"]),
      audience: text(s.audience),
      system: text(s.system),
      check: text(s.check),
    }),
  component: lazyRouteComponent(() => import("./incidents/incidents-page.tsx"), "IncidentsPage"),
});
const incident = createRoute({
  getParentRoute: () => root,
  path: "/incidents/$id",
  component: lazyRouteComponent(() => import("./incidents/incident-page.tsx"), "IncidentPage"),
});
const plans = createRoute({
  getParentRoute: () => root,
  path: "/plans",
  validateSearch: (s: Search): PlanListSearch =>
    search<PlanListSearch>({ show: oneOf(s.show, ["waiting", "over"]) }),
  component: lazyRouteComponent(() => import("./plans/plans-page.tsx"), "PlansPage"),
});
const plan = createRoute({
  getParentRoute: () => root,
  path: "/plans/$id",
  component: lazyRouteComponent(() => import("./plans/plan-page.tsx"), "PlanPage"),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  component: lazyRouteComponent(() => import("./runs/runs-page.tsx"), "RunsPage"),
});
const systems = createRoute({
  getParentRoute: () => root,
  path: "/systems",
  component: lazyRouteComponent(() => import("./systems/systems-page.tsx"), "SystemsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    audiences,
    audienceRoute,
    incidents,
    incident,
    plans,
    plan,
    runs,
    systems,
  ]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
