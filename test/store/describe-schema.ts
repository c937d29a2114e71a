import type { Sql } from "../../store/database.ts";

/**
 * The tables as SQL-like text, so that every migration shows as a readable difference. There is no pg_dump among the
 * embedded programs; the catalogue says the same.
 */
export async function describeSchema(db: Sql): Promise<string> {
  const { rows } = await db.query<{
    name: string;
    columns: string;
    constraints: string | null;
    indexes: string | null;
    triggers: string | null;
  }>(`
    select c.relname as name,
      (select string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attnotnull then ' not null' else '' end
          || case when a.attidentity = 'a' then ' generated always as identity' || case when s.seqstart > 1 then ' (start with ' || s.seqstart || ')' else '' end else '' end
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), e',\\n' order by a.attnum)
        from pg_attribute a
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_sequence s on a.attidentity <> '' and s.seqrelid = pg_get_serial_sequence(c.oid::regclass::text, a.attname)::regclass
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select string_agg('  ' || k.conname || ' ' || pg_get_constraintdef(k.oid), e',\\n' order by k.contype <> 'p', k.conname)
        from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n') as constraints,
      (select string_agg(pg_get_indexdef(i.indexrelid) || ';', e'\\n' order by i.indexrelid::regclass::text)
        from pg_index i where i.indrelid = c.oid and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))) as indexes,
      (select string_agg(pg_get_triggerdef(t.oid) || ';', e'\\n' order by t.tgname)
        from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`);
  return rows
    .map(({ name, columns, constraints, indexes, triggers }) => {
      const body = constraints === null ? columns : `${columns},\n${constraints}`;
      const more = [indexes, triggers].map((lines) => (lines === null ? "" : `${lines}\n`)).join("");
      return `create table ${name} (\n${body}\n);\n${more}`;
    })
    .join("\n");
}
