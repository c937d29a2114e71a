import type { IdentifierKind } from "../../core/model.ts";
import { count, listed, type Part, people, plain, strong } from "../api/views/words.ts";
import { type CompareReport, type FileReport, isCompared, mismatched } from "./report.ts";

export const USABLE: Readonly<Record<IdentifierKind, string>> = {
  email: "a usable e-mail address",
  phone: "a usable phone number (with its country code)",
  customer_id: "a usable customer id",
};
export const IDENTITY: Readonly<Record<IdentifierKind, string>> = {
  email: "e-mail address",
  phone: "phone number",
  customer_id: "customer id",
};

export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** More files than this are summed up in the verdict. */
const NAMED = 2;
const SHARE_ACT = 1 / 20;
const SHARE_LOOK = 1 / 500;

/** How loud a number of people is, as a share of the owner's: 1 in 20 calls for action, 1 in 500 for a look. */
export function loudness(n: number, ownerPeople: number): "act" | "look" | null {
  if (n === 0) return null;
  const share = n / Math.max(1, ownerPeople);
  return share >= SHARE_ACT ? "act" : share >= SHARE_LOOK ? "look" : null;
}

/** The answer in one or two sentences. */
export function verdict(r: CompareReport): Part[] {
  if (r.verdict === "same") return same(r);
  const unread = r.files.filter((f) => !isCompared(f));
  if (r.verdict === "cant_tell") return cantTell(r, unread);
  const off = r.files
    .filter((f) => (f.missing ?? 0) + (f.extra ?? 0) > 0)
    .sort((a, b) => (b.missing ?? 0) + (b.extra ?? 0) - (a.missing ?? 0) - (a.extra ?? 0));
  const parts: Part[] = [
    plain(off.length > 0 ? "Not the same. " : "The same people, but not the same data. "),
  ];
  for (const [i, file] of off.slice(0, NAMED).entries())
    parts.push(plain(i === 0 ? "" : "; "), ...membership(file));
  if (off.length > 0) {
    const rest = off.length - NAMED;
    parts.push(
      plain(
        rest > 0
          ? `; ${rest === 1 ? "one more file differs" : `${count(rest)} more files differ`} too.`
          : ".",
      ),
    );
  } else parts.push(...(worstField(r) ?? []));
  if (unread.length > 0) parts.push(plain(` Can’t tell for ${listed(unread.map((f) => f.file))}.`));
  return parts;
}

export const verdictText = (r: CompareReport): string =>
  verdict(r)
    .map((p) => p.text)
    .join("");

function same(r: CompareReport): Part[] {
  const n = r.overlap[0]?.people ?? 0;
  const files = r.files.length === 2 ? "both files" : `all ${count(r.files.length)} files`;
  const names = r.files.find((f) => !f.owner)?.attributes.map((a) => a.name) ?? [];
  const fields =
    names.length === 0
      ? ""
      : names.length > 3
        ? `, with the same ${count(names.length)} attributes`
        : `, with the same ${listed(names)}`;
  return [plain("The same "), strong(people(n)), plain(` in ${files}${fields}.`)];
}

function cantTell(r: CompareReport, unread: readonly FileReport[]): Part[] {
  if (unread.length === 0) return [strong("Can’t tell"), plain(": there is nobody in any file.")];
  const itself = unread.filter((f) => f.people === null);
  const others = r.files.filter(isCompared).length > 1 ? " The others hold the same people." : "";
  return [
    strong("Can’t tell"),
    plain(`: ${listed(itself.map((f) => f.file))} could not be compared.${others}`),
  ];
}

function membership(f: FileReport): Part[] {
  const parts = [plain(f.file)];
  const { missing, extra } = f;
  if (extra !== null && extra > 0)
    parts.push(plain(" holds "), strong(`${counted(extra, "extra person", "extra people")}`));
  if (extra && missing) parts.push(plain(" and"));
  if (missing !== null && missing > 0)
    parts.push(plain(" lacks "), strong(extra ? count(missing) : people(missing)));
  return parts;
}

/** The attribute that differs most; null when none does. */
export function worstField(r: CompareReport): Part[] | null {
  const all = r.files.flatMap((f) =>
    f.attributes.map((a) => ({ file: f.file, name: a.name, n: mismatched(a) })),
  );
  const worst = all.filter((a) => a.n > 0).sort((a, b) => b.n - a.n)[0];
  if (worst === undefined) return null;
  const others = all.filter((a) => a.n > 0).length - 1;
  const more =
    others === 0
      ? "."
      : others === 1
        ? "; one more column differs."
        : `; ${count(others)} more columns differ.`;
  return [plain(`${worst.name} differs for `), strong(people(worst.n)), plain(` in ${worst.file}${more}`)];
}

/** Who is in a group of the overlap: "in all 3", "only crm.csv", "all but crm.csv", "warehouse.csv and crm.csv". */
export function groupName(group: readonly string[], compared: readonly string[]): string {
  if (group.length === compared.length)
    return compared.length === 2 ? "in both" : `in all ${compared.length}`;
  if (group.length === 1) return `only ${group[0]}`;
  if (group.length === compared.length - 1)
    return `not ${compared.filter((f) => !group.includes(f)).join("")}`;
  if (group.length <= 3) return listed(group);
  return `${group.length} of ${compared.length}: ${listed(group)}`;
}

/** "plan differs for 88 people, is empty here for 12". */
export function fieldWords(a: FileReport["attributes"][number], owner: string): string {
  const parts = [
    ...(a.differ > 0 ? [`differs for ${people(a.differ)}`] : []),
    ...(a.emptyHere > 0 ? [`is empty here for ${people(a.emptyHere)}`] : []),
    ...(a.emptyAtOwner > 0 ? [`is empty in ${owner} for ${people(a.emptyAtOwner)}`] : []),
  ];
  if (parts.length > 0) return `${a.name} ${listed(parts)}`;
  return a.compared === 0
    ? `${a.name} can’t be compared: nobody is in both`
    : `${a.name} is the same for all ${count(a.compared)} in both`;
}

/** All attributes of a file; those that agree share one sentence. */
export function fieldSentences(f: FileReport, owner: string): string[] {
  const agree = f.attributes.filter((a) => mismatched(a) === 0 && a.compared > 0);
  const rest = f.attributes.filter((a) => !agree.includes(a)).map((a) => fieldWords(a, owner));
  if (agree.length < 2) return [...rest, ...agree.map((a) => fieldWords(a, owner))];
  return [
    ...rest,
    `${listed(agree.map((a) => a.name))} are the same for all ${count(agree[0]?.compared ?? 0)} in both`,
  ];
}

/** What is odd about a file by itself. */
export function fileNotes(f: FileReport, identity: IdentifierKind): string[] {
  const spelled = f.duplicatesBySpelling ?? 0;
  return [
    ...(f.rows === 0 ? ["has no rows"] : []),
    ...(f.duplicates
      ? [
          `${counted(f.duplicates, "duplicate")}${spelled === 0 ? "" : spelled === f.duplicates ? " by spelling" : `, ${count(spelled)} by spelling`}`,
        ]
      : []),
    ...(f.openEnd ? ["the last line has no line break and may be cut off"] : []),
    ...(f.unusable && f.people ? [`${counted(f.unusable, "row")} without ${USABLE[identity]}`] : []),
  ];
}

/** "email: “email” in all files", or which column in which file. */
export function matchedBy(r: CompareReport): string {
  const byColumn = new Map<string, string[]>();
  for (const f of r.files)
    if (f.idColumn !== null) byColumn.set(f.idColumn, [...(byColumn.get(f.idColumn) ?? []), f.file]);
  const columns = [...byColumn];
  if (columns.length === 1) return `${IDENTITY[r.identity]}, column “${columns[0]?.[0]}”`;
  return `${IDENTITY[r.identity]}: ${columns.map(([column, files]) => `“${column}” in ${listed(files)}`).join("; ")}`;
}
