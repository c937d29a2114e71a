import type { RunList, SystemList } from "../../app/api/contract.ts";
import { ago, status, systems } from "./story.ts";

export const runs: RunList = {
  runs: Array.from({ length: 12 }, (_, i) => ({
    id: `r-${(20_914 - i).toString(16)}`,
    kind: "audit",
    trigger: i === 3 ? "manual" : "scheduled",
    startedAt: ago(0, i * 4),
    endedAt: ago(0, i * 4 - 0.05),
    state: "done",
    reads: systems.map((s, at) => ({
      system: s.id,
      audience: at === 0 ? null : "active_customers",
      coverage:
        at === 4 && i < 2
          ? ("unusable" as const)
          : at === 2 && i === 5
            ? ("partial" as const)
            : ("complete" as const),
      because:
        at === 4 && i < 2
          ? "the key was refused (401)"
          : at === 2 && i === 5
            ? "page 18 of about 42, then refused three times"
            : "last page said next: null; declared and read totals are equal",
      size: at === 4 && i < 2 ? null : 48_316 - at * 7,
    })),
  })),
};

export const systemList: SystemList = {
  systems: status.systems.map((s) => ({
    id: s.id,
    title: s.title,
    kind: s.kind,
    sends: s.sends,
    read: "every record, end proven by the last page",
    write: s.writable ? "lists, attributes, suppression" : "never; read-only",
    baseReadable: s.coverage === "complete",
    coverage: s.coverage,
    asOf: s.asOf,
    because: s.because,
    warnings: s.warnings,
  })),
};
