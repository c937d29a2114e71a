import type { Fault, FaultKind } from "../../demo/sim/faults.ts";
import type { WorldFault } from "./faults.ts";

/**
 * What a simulator on the chassis has to do wrong for a fault of the contract.
 *
 * @param path start of the path of the list requests under test
 * @param after requests of that path that pass unharmed first
 * @param field wire name of the attribute that `renamed_field` and `null_field` hit
 */
export function simFaults(kind: WorldFault, path: string, after: number, field = "name"): readonly Fault[] {
  const at = { path, skip: after };
  const plain: Readonly<Partial<Record<WorldFault, FaultKind>>> = {
    timeout: "timeout_before",
    repeated_page: "repeat_page",
    forbidden_midway: "forbidden",
  };
  switch (kind) {
    case "rate_limited":
      return [
        { kind: "rate_limited", retryAfter: "1", ...at },
        { kind: "rate_limited", retryAfter: null, ...at },
      ];
    case "rate_limit_storm":
      return [{ kind: "rate_limited", retryAfter: "1", times: 3, ...at }];
    case "rate_limited_long":
      return [{ kind: "rate_limited", retryAfter: "3600", ...at }];
    case "unavailable":
      return [{ kind: "unavailable", retryAfter: "1", ...at }];
    case "slow":
      return [{ kind: "slow", ms: 200, ...at }];
    case "html":
      return [{ kind: "html", status: 200, ...at }];
    case "wrong_total":
    case "unauthorized":
    case "forbidden":
    case "forbidden_midway":
    case "not_found":
    case "redirect":
    case "empty_list":
      return [{ kind: (plain[kind] ?? kind) as FaultKind, times: null, ...at }];
    case "renamed_field":
    case "null_field":
      return [{ kind, field, ...at }];
    default:
      return [{ kind: plain[kind] ?? (kind as FaultKind), ...at }];
  }
}
