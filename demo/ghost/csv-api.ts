import { parse } from "csv-parse/sync";
import { badRequest } from "./api-error.ts";
import { isEmail } from "./member-input.ts";
import { type Answer, chosen, type Ghost } from "./members-api.ts";
import type { SimLabel, SimMember } from "./model.ts";
import { labelJson, time } from "./serialise.ts";

/** Up to this many rows are imported while the client waits; more become a job without `invalid`. */
const INLINE_ROWS = 500;

type Parts = { readonly file: string | null; readonly labels: readonly string[] };

/** The two parts of Ghost's upload form: the file and any number of `labels`. */
function multipart(body: Buffer, contentType: string): Parts {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) return { file: null, labels: [] };
  let file: string | null = null;
  const labels: string[] = [];
  for (const part of body.toString("utf8").split(`--${boundary}`)) {
    const at = part.indexOf("\r\n\r\n");
    if (at < 0) continue;
    const name = /name="([^"]*)"/.exec(part.slice(0, at))?.[1];
    const content = part.slice(at + 4).replace(/\r\n$/, "");
    if (name === "membersfile") file = content;
    if (name === "labels" || name === "labels[]") labels.push(content);
  }
  return { file, labels };
}

/** POST /members/upload/ */
export function importCsv(ghost: Ghost, body: Buffer, contentType: string): Answer {
  const { file, labels } = multipart(body, contentType);
  if (file === null) throw badRequest("import members", "Please select a members CSV file.");
  const rows: Record<string, string>[] = parse(file, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  const stamp = time(ghost.now()).slice(0, 16).replace("T", " ");
  const importLabel = ghost.store.label(`Import ${stamp}`, true);
  const extra = [...labels.map((l) => ghost.store.label(l, true)), importLabel];
  const invalidRows: unknown[] = [];
  let imported = 0;
  for (const row of rows) {
    const problem = importRow(ghost, row, extra);
    if (problem === null) imported += 1;
    else {
      invalidRows.push({
        email: row.email ?? "",
        name: row.name ?? null,
        subscribed: row.subscribed_to_emails !== "false",
        labels: [{ name: importLabel.name }],
        note: row.note || null,
        error: problem,
      });
    }
  }
  if (rows.length > INLINE_ROWS) return { status: 202, body: { meta: { originalImportSize: rows.length } } };
  return {
    status: 201,
    body: {
      meta: {
        originalImportSize: rows.length,
        stats: { imported, invalid: invalidRows },
        import_label: imported > 0 ? labelJson(importLabel) : null,
      },
    },
  };
}

/** Never subscribes again somebody who has no newsletter left; keeps the labels that are there. */
function importRow(
  ghost: Ghost,
  row: Readonly<Record<string, string>>,
  extra: readonly SimLabel[],
): string | null {
  const email = (row.email ?? "").trim();
  if (!isEmail(email)) return "Invalid Email";
  const now = ghost.now();
  const wants = row.subscribed_to_emails !== "false";
  const named = (row.labels ?? "")
    .split(",")
    .map((l) => l.trim())
    .filter((l) => l !== "");
  const before = ghost.store.byEmail(email);
  const labels = [
    ...new Set([...(before?.labels ?? []), ...named.map((l) => ghost.store.label(l, true)), ...extra]),
  ];
  const after: SimMember = {
    id: before?.id ?? ghost.store.newId(now),
    email,
    name: escaped(row.name ?? "") || before?.name || null,
    note: escaped(row.note ?? "") || before?.note || null,
    labels,
    newsletters: !wants ? [] : before ? before.newsletters : ghost.store.signupNewsletters(),
    emailDisabled: before?.emailDisabled ?? false,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
    viaApi: before?.viaApi ?? false,
  };
  ghost.store.put(after);
  ghost.journal.record(now, "import", before, after);
  return null;
}

/** Ghost puts a quote before formulas, on import (where it stays in the database) as on export. */
const escaped = (value: string): string => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);

const quote = (value: string): string => {
  const safe = escaped(value);
  return /[",\r\n]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** GET /members/upload/: the export; a string body is sent as CSV. */
export function exportCsv(ghost: Ghost, query: URLSearchParams): Answer {
  const limit = query.get("limit") ?? "all";
  const members = chosen(ghost, query, "export members")
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, limit === "all" ? undefined : Number(limit));
  const lines = members.map((m) =>
    [
      m.id,
      m.email,
      m.name ?? "",
      m.note ?? "",
      String(m.newsletters.length > 0),
      "",
      "",
      time(m.createdAt),
      "",
      m.labels.map((l) => l.name).join(","),
      "",
    ]
      .map(quote)
      .join(","),
  );
  const head =
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers";
  return { status: 200, body: [head, ...lines].join("\r\n") };
}
