import { refOf } from "./audit-chain.ts";
import type { Sql } from "./database.ts";

type Row = {
  readonly ref: string;
  readonly kind: "staff" | "member" | null;
  readonly known_as: string | null;
  readonly salt: string | null;
};

/**
 * References under which somebody else was put, or that were taken out, without erasing them: the name is part of what
 * the reference was made from.
 */
export async function wrongPersonRefs(db: Sql): Promise<readonly string[]> {
  const { rows } = await db.query<Row>(
    `select coalesce(p.ref, l.ref) as ref, p.kind, p.known_as, p.salt
    from person_ref as p
    full join (select distinct actor as ref from audit_log where actor like 'person:%') as l on l.ref = p.ref
    where p.ref is null or p.erased_at is null order by 1`,
  );
  return rows
    .filter((r) => r.kind === null || refOf(r.kind, r.known_as ?? "", r.salt ?? "") !== r.ref)
    .map((r) => r.ref);
}
