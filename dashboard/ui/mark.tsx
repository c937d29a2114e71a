import type { Mark as MarkName } from "../../app/api/contract.ts";

export type Shape =
  | MarkName
  | "config"
  | "left_out"
  | "suppress"
  | "fail"
  | "remove"
  | "add"
  | "set"
  | "waiting"
  | "running";

const COLOUR: Record<Shape, string> = {
  act: "var(--act-mark)",
  look: "var(--look-mark)",
  fine: "var(--ok-mark)",
  cant_tell: "var(--edge)",
  owner: "var(--ink)",
  absent: "var(--line-2)",
  config: "var(--ink-2)",
  left_out: "var(--ink-2)",
  suppress: "var(--ink)",
  fail: "var(--act-mark)",
  remove: "var(--act)",
  add: "var(--ok)",
  set: "var(--look)",
  waiting: "var(--edge)",
  running: "var(--link)",
};

const WORD: Partial<Record<Shape, string>> = {
  act: "act now",
  look: "look at it",
  fine: "fine",
  cant_tell: "can’t tell",
  owner: "owner",
  config: "configuration change",
  left_out: "left out",
  fail: "fails",
};

function shape(name: Shape) {
  switch (name) {
    case "act":
      return <path d="M7 1l6 6-6 6-6-6z" fill="currentColor" />;
    case "look":
      return <path d="M7 1.6l6.2 11H.8z" fill="currentColor" />;
    case "fine":
      return <path d="M2 7.6l3.3 3.4L12 3.6" fill="none" stroke="currentColor" strokeWidth="2.1" />;
    case "cant_tell":
      return (
        <circle
          cx="7"
          cy="7"
          r="5"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.7"
          strokeDasharray="2.1 1.5"
        />
      );
    case "owner":
      return <circle cx="7" cy="7" r="4.6" fill="currentColor" />;
    case "absent":
      return <path d="M7 1v12" stroke="currentColor" strokeWidth="1" />;
    case "config":
      return <path d="M2.6 1.6h8.8v7L7 12.6 2.6 8.6z" fill="currentColor" />;
    case "left_out":
      return (
        <g fill="none" stroke="currentColor" strokeWidth="1.6">
          <circle cx="7" cy="7" r="5.2" />
          <path d="M3.5 10.5l7-7" />
        </g>
      );
    case "suppress":
      return (
        <g>
          <circle cx="7" cy="7" r="6.4" fill="currentColor" />
          <path d="M3.4 7h7.2" stroke="var(--raise)" strokeWidth="2" />
        </g>
      );
    case "fail":
      return <path d="M2.6 2.6l8.8 8.8m0-8.8l-8.8 8.8" stroke="currentColor" strokeWidth="2.2" />;
    case "remove":
      return <path d="M2.4 7h9.2" stroke="currentColor" strokeWidth="2" />;
    case "add":
      return <path d="M2.4 7h9.2M7 2.4v9.2" stroke="currentColor" strokeWidth="2" />;
    case "set":
      return (
        <path
          d="M1.8 8.4c1.8-3.4 3.4-3 5.2-1.4s3.4 2 5.2-1.4"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
        />
      );
    case "waiting":
      return <circle cx="7" cy="7" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.6" />;
    case "running":
      return <path d="M7 2a5 5 0 1 1-5 5" fill="none" stroke="currentColor" strokeWidth="2" />;
  }
}

/** The one vocabulary of shapes; colour only repeats what the shape says. `silent` where words stand beside it. */
export function Mark(props: { name: Shape; size?: number; silent?: boolean }) {
  const size = props.size ?? 13;
  const word = props.silent ? undefined : WORD[props.name];
  return (
    <svg
      className="mk"
      width={size}
      height={size}
      viewBox="0 0 14 14"
      style={{ color: COLOUR[props.name] }}
      {...(word ? { role: "img", "aria-label": word } : { "aria-hidden": true })}
    >
      {shape(props.name)}
    </svg>
  );
}
