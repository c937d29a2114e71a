import type { StreamVerdict } from "../../core/stream.ts";

const LEFT_OUT: Readonly<Record<NonNullable<StreamVerdict["because"]>, string>> = {
  first: "the first of its series",
  "not a value": "not a value of its kind",
  late: "not later than the one before",
};

/** Why a point is flagged, or was left out; null: neither. */
export function becauseOf(v: StreamVerdict): string | null {
  if (v.because !== null) return LEFT_OUT[v.because];
  if (v.newNormal) return `${sidesOf(v).at} normal for so long that this is the new normal`;
  return v.flagged ? told(v) : null;
}

function told(v: StreamVerdict): string {
  const { at, to } = sidesOf(v);
  switch (v.test) {
    case "drift":
      return `going ${to} over ${v.points} points`;
    case "lasting":
      return `${at} its level for ${v.points} points`;
    case "window":
      return `${at} normal in the mean of ${v.points} points`;
    case "stale":
      return `the same value ${v.points} times`;
    default:
      return `${at} normal`;
  }
}

const sidesOf = (v: StreamVerdict): { at: string; to: string } =>
  v.side < 0 ? { at: "below", to: "down" } : { at: "above", to: "up" };
