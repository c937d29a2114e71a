import fc from "fast-check";
import { expect, test } from "vitest";
import { diffSchemas, type Schema } from "../../checks/schema-diff.ts";
import type { FieldType } from "../../core/model.ts";

const type = fc.constantFrom<FieldType>("text", "number", "boolean", "timestamp", "json", "empty");
// Names that share letters, so that renames happen; and some that no object should be asked for.
const name = fc.oneof(
  fc.constantFrom(
    "plan",
    "plan name",
    "Plan_Name",
    "plan type",
    "First name",
    "Given name",
    "country",
    "Country code",
  ),
  fc.constantFrom("__proto__", "constructor", "toString"),
  fc.string({ maxLength: 8 }),
);
const values = fc.dictionary(name, fc.integer({ min: 1, max: 60 }), { maxKeys: 5, noNullPrototype: true });
const schema: fc.Arbitrary<Schema> = fc.record({
  fields: fc.dictionary(name, type, { maxKeys: 8, noNullPrototype: true }),
  values: fc.dictionary(fc.constantFrom("plan", "country", "tier"), values, {
    maxKeys: 3,
    noNullPrototype: true,
  }),
});

const reversedKeys = <T>(o: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(o).reverse());
const shuffled = (s: Schema): Schema => ({
  fields: reversedKeys(s.fields),
  values: reversedKeys(Object.fromEntries(Object.entries(s.values).map(([a, v]) => [a, reversedKeys(v)]))),
});

test("nothing differs between equal schemas", () => {
  fc.assert(
    fc.property(schema, (s) => {
      expect(diffSchemas(s, structuredClone(s))).toEqual({ gone: [], added: [], retyped: [], values: [] });
    }),
  );
});

test("the order of fields and values does not matter, and the same schemas give the same answer", () => {
  fc.assert(
    fc.property(schema, schema, (a, b) => {
      const once = diffSchemas(a, b);
      expect(JSON.stringify(diffSchemas(shuffled(a), shuffled(b)))).toBe(JSON.stringify(once));
      expect(JSON.stringify(diffSchemas(a, b))).toBe(JSON.stringify(once));
    }),
  );
});

test("the way back is the same, the other way round", () => {
  fc.assert(
    fc.property(schema, schema, (a, b) => {
      const forth = diffSchemas(a, b);
      const back = diffSchemas(b, a);
      const turn = <T extends { name: string; renamedTo: string | null }>({ renamedTo, ...rest }: T) => ({
        ...rest,
        renamedFrom: renamedTo,
      });
      expect(back.added).toEqual(forth.gone.map(turn));
      expect(forth.added).toEqual(back.gone.map(turn));
      expect(back.retyped).toEqual(forth.retyped.map((r) => ({ name: r.name, from: r.to, to: r.from })));
      expect(back.values.map((v) => v.added)).toEqual(forth.values.map((v) => v.gone.map(turn)));
    }),
  );
});

test("a rename is one to one, of one type, and both of its names differ between the schemas", () => {
  fc.assert(
    fc.property(schema, schema, (a, b) => {
      const { gone, added } = diffSchemas(a, b);
      const pairs = gone.flatMap((g) => (g.renamedTo === null ? [] : [[g.name, g.renamedTo] as const]));
      expect(new Set(pairs.map(([, to]) => to)).size).toBe(pairs.length);
      for (const [from, to] of pairs) {
        expect(a.fields[from]).toBe(b.fields[to]);
        expect(Object.hasOwn(b.fields, from) || Object.hasOwn(a.fields, to)).toBe(false);
        expect(added.find((x) => x.name === to)?.renamedFrom).toBe(from);
      }
    }),
  );
});
