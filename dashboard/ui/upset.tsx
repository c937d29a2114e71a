import { Figure } from "./figure.tsx";
import { count, list, people } from "./format.ts";

type Group = { readonly in: readonly string[]; readonly people: number };
type System = { readonly id: string; readonly title: string; readonly size: number | null };

const COLUMN = 36;
const WIDE = 66;
const TOP = 44;
const HIGH = 104;
const ROW = 21;
/** Room for names and sizes, and how many letters of a name fit. */
const SYSTEM_NAMES = { left: 132, letters: 14 };
const AUDIENCE_NAMES = { left: 212, letters: 22 };
const MOST = 14;

/** Everyone first, then by size: the order in which people ask. */
export function ordered(groups: readonly Group[], systems: number): Group[] {
  return [...groups]
    .filter((g) => g.people > 0)
    .sort((a, b) => Number(b.in.length === systems) - Number(a.in.length === systems) || b.people - a.people);
}

/** Groups under a twentieth of the largest get a scale of their own, named as such; null: one scale is enough. */
export function smallScale(groups: readonly Group[]): { from: number; max: number } | null {
  const largest = Math.max(0, ...groups.map((g) => g.people));
  const from = groups.findIndex((g) => g.people < largest / 20);
  if (from < 1 || groups.slice(from).some((g) => g.people >= largest / 20)) return null;
  return { from, max: Math.max(...groups.slice(from).map((g) => g.people)) };
}

function name(group: Group, systems: readonly System[]): string {
  const title = (id: string) => systems.find((s) => s.id === id)?.title ?? id;
  if (group.in.length === systems.length) return `in all ${systems.length}`;
  if (group.in.length === 1) return `only ${title(group.in[0] ?? "")}`;
  if (group.in.length === systems.length - 1)
    return `not ${systems
      .filter((s) => !group.in.includes(s.id))
      .map((s) => s.title)
      .join("")}`;
  return list(group.in.map(title));
}

const cut = (text: string, letters: number): string => {
  const all = [...text];
  return all.length <= letters ? text : `${all.slice(0, letters - 1).join("")}…`;
};

/**
 * Each person counted once, by the systems that hold them.
 *
 * @param props.audiences the rows are audiences of one system: longer names, and no group of them is wrong
 * @param props.label said above the wide bars; default: the group's name
 */
export function UpSet(props: {
  groups: readonly Group[];
  systems: readonly System[];
  owner: string;
  audiences?: boolean;
  label?: (group: Group) => string | null;
}) {
  const { systems } = props;
  const names = props.audiences ? AUDIENCE_NAMES : SYSTEM_NAMES;
  const LEFT = names.left;
  const all = ordered(props.groups, systems.length);
  const groups = all.slice(0, MOST);
  const small = smallScale(groups);
  const largest = Math.max(1, ...groups.map((g) => g.people));
  const gap = small ? 12 : 0;
  const wide = small ? small.from : 0;
  const x = (index: number) =>
    LEFT +
    30 +
    Math.min(index, wide) * WIDE +
    Math.max(0, index - wide) * COLUMN +
    (small && index >= wide ? gap : 0);
  const width = Math.max(x(groups.length) + 8, small ? x(small.from) + 210 : 0);
  const base = TOP + HIGH;
  const rowY = (index: number) => base + 22 + index * ROW;
  const odd = (group: Group) =>
    !props.audiences &&
    group.in.length < systems.length &&
    (group.in.length === 1 || group.in.length === systems.length - 1);
  const [first, second] = all;
  const summary = `${first ? `${people(first.people)} ${name(first, systems)}` : "Nobody"}${second ? `; the next group is ${people(second.people)}, ${name(second, systems)}` : ""}. ${all.length} groups.`;
  return (
    <Figure
      summary={summary}
      table={{ head: ["Held by", "People"], rows: all.map((g) => [name(g, systems), count(g.people)]) }}
    >
      <div className="scroll-x">
        <svg
          width={width}
          height={rowY(systems.length) - 4}
          viewBox={`0 0 ${width} ${rowY(systems.length) - 4}`}
          fontSize="12"
          fill="var(--ink)"
        >
          {small && (
            <text x={x(small.from) - 10} y="11" fill="var(--ink-3)" fontSize="11">
              small groups, bars {count(Math.round(largest / small.max))} times taller
            </text>
          )}
          {groups.map((group, index) => {
            const high = Math.max(
              1.5,
              (group.people / (small && index >= small.from ? small.max * 1.25 : largest)) * (HIGH - 20),
            );
            const loud = odd(group) && group.people > largest / 20;
            const fill =
              group.in.length === systems.length ? "var(--ink)" : loud ? "var(--act-mark)" : "var(--mark)";
            return (
              <g key={group.in.join("+")}>
                {index < Math.max(wide, 1) && (
                  <text
                    x={x(index)}
                    y={base - high - 18}
                    textAnchor="middle"
                    fill="var(--ink-3)"
                    fontSize="11"
                  >
                    {cut((props.label ?? ((g) => name(g, systems)))(group) ?? "", 14)}
                  </text>
                )}
                <rect
                  x={x(index) - (index < wide ? 15 : 9)}
                  width={index < wide ? 30 : 18}
                  y={base - high}
                  height={high}
                  fill={fill}
                />
                <text
                  x={x(index)}
                  y={base - high - 5}
                  textAnchor="middle"
                  fontWeight={index === 0 || loud ? 600 : 400}
                  fill={loud ? "var(--act)" : "var(--ink)"}
                >
                  {count(group.people)}
                </text>
              </g>
            );
          })}
          <path d={`M${LEFT - 2} ${base + 0.5}H${width}`} stroke="var(--line-2)" />
          {small && (
            <path
              d={`M${x(small.from) - COLUMN / 2 - 14} ${base + 6}l5 -12m2 12l5 -12`}
              stroke="var(--ink-2)"
              fill="none"
            />
          )}
          {systems.map((system, row) => (
            <g key={system.id}>
              {row % 2 === 0 && (
                <rect x="0" y={rowY(row) - 11} width={width} height={ROW} fill="var(--sunk)" />
              )}
              <text x="0" y={rowY(row) + 4} fontWeight={system.id === props.owner ? 600 : 400}>
                {cut(system.title, names.letters)}
              </text>
              <text x={LEFT - 8} y={rowY(row) + 4} textAnchor="end" fill="var(--ink-2)">
                {count(system.size)}
              </text>
            </g>
          ))}
          {groups.map((group, index) => {
            const rows = systems
              .map((s, row) => (group.in.includes(s.id) ? row : -1))
              .filter((row) => row >= 0);
            return (
              <g key={group.in.join("+")}>
                {rows.length > 1 && (
                  <path
                    d={`M${x(index)} ${rowY(Math.min(...rows))}V${rowY(Math.max(...rows))}`}
                    stroke="var(--ink)"
                    strokeWidth="1.5"
                  />
                )}
                {systems.map((s, row) => (
                  <circle
                    key={s.id}
                    cx={x(index)}
                    cy={rowY(row)}
                    r="4.4"
                    fill={group.in.includes(s.id) ? "var(--ink)" : "var(--bg)"}
                    stroke={group.in.includes(s.id) ? "var(--ink)" : "var(--line-2)"}
                  />
                ))}
              </g>
            );
          })}
        </svg>
      </div>
    </Figure>
  );
}
