import { type Static, Type } from "typebox";
import { isIntact, type LogCheck } from "./check.ts";

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

/** Shape of `plumbline audit-log verify --json`. */
export const Checked = Type.Object({
  intact: Type.Boolean(),
  /** How many fit, up to the first fault. */
  entries: Type.Integer(),
  first: orNull(Type.Integer()),
  last: orNull(Type.Object({ seq: Type.Integer(), hash: Type.String() })),
  anchors: Type.Object({
    fit: Type.Integer(),
    last: orNull(Type.Object({ seq: Type.Integer(), at: Type.String() })),
    unreadable: Type.Integer(),
  }),
  fault: orNull(
    Type.Object({
      seq: Type.Integer(),
      what: Type.Enum(["edited", "deleted", "inserted", "reordered", "tail_cut"]),
      because: Type.String(),
    }),
  ),
  wrongPeople: Type.Array(Type.String()),
});
export type Checked = Static<typeof Checked>;

export function checkedOf(c: LogCheck): Checked {
  const { verdict, lastAnchor } = c;
  return {
    intact: isIntact(c),
    entries: verdict.entries,
    first: verdict.first,
    last: verdict.last === null ? null : { ...verdict.last },
    anchors: {
      fit: verdict.anchored,
      last: lastAnchor === null ? null : { seq: lastAnchor.seq, at: lastAnchor.at },
      unreadable: c.unreadableAnchors,
    },
    fault: verdict.fault === null ? null : { ...verdict.fault },
    wrongPeople: [...c.wrongPeople],
  };
}

const WORDS = {
  edited: "was edited",
  deleted: "is missing",
  inserted: "was put in",
  reordered: "stands elsewhere",
  tail_cut: "and what followed was cut off",
} as const;

export function checkText(c: Checked): string {
  const lines: string[] = [];
  const { fault, anchors, last } = c;
  if (fault !== null) lines.push(`✗ entry ${fault.seq} ${WORDS[fault.what]}: ${fault.because}`);
  for (const ref of c.wrongPeople) lines.push(`✗ the name behind ${ref} was exchanged or taken out`);
  if (fault !== null) lines.push(`  ${c.entries} entries fit before that.`);
  else if (last === null) lines.push("✓ the log is empty");
  else lines.push(`✓ ${c.entries} entries fit, ${c.first} to ${last.seq}`);
  if (anchors.last === null) lines.push("○ no anchor: a cut end would not show");
  else if (fault === null && last !== null) {
    const open = last.seq - anchors.last.seq;
    lines.push(
      `✓ ${anchors.fit} anchors fit, the last of entry ${anchors.last.seq} at ${anchors.last.at}`,
      ...(open > 0 ? [notAnchored(open)] : []),
    );
  }
  if (anchors.unreadable > 0) lines.push(`▲ ${anchors.unreadable} anchors cannot be read`);
  return `${lines.join("\n")}\n`;
}

const notAnchored = (n: number): string =>
  n === 1
    ? "○ 1 newer entry is not anchored yet: if it were cut off, it would not show"
    : `○ ${n} newer entries are not anchored yet: if they were cut off, it would not show`;
