import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Instant, MemberRow } from "../../core/model.ts";
import { deriveKeys } from "../../members/keys.ts";
import { personKeyOf } from "../../members/person-key.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import { identifierOf, keysOf } from "./who.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plumbline-erase-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keys = deriveKeys(Buffer.alloc(32, 3));
const AS_OF = "2026-11-23T06:00:00.000Z" as Instant;

async function spoolOf(
  name: string,
  identity: "email" | "customer_id",
  people: readonly MemberRow["identifiers"][],
): Promise<string> {
  const builder = new SetBuilder({ identity, attributes: [], rules: {}, keys, epoch: 0, spool: true });
  for (const [i, identifiers] of people.entries())
    builder.add({
      id: `r${i}`,
      identifiers,
      attributes: {},
      consent: "unknown",
      mailable: null,
      of: [0],
    });
  const spoolFile = join(folder, `${name}.spool`);
  await builder.finish({
    file: join(folder, `${name}.pls`),
    spoolFile,
    previous: null,
    asOf: AS_OF,
    ordinal: 0,
  });
  return spoolFile;
}

test("an identifier is read as every kind that it can be, or as the one that is named", () => {
  expect([...identifierOf(" Ann@Example.com ", null)]).toEqual([
    ["email", "ann@example.com"],
    ["customer_id", "Ann@Example.com"],
  ]);
  expect([...identifierOf("+49 30 5550773", null).keys()]).toEqual(["phone", "customer_id"]);
  expect([...identifierOf("Ann@Example.com", "email")]).toEqual([["email", "ann@example.com"]]);
  expect(() => identifierOf("secret-thing", "email")).toThrow(/no usable email/);
  expect(() => identifierOf("secret-thing", "email")).not.toThrow(/secret-thing/);
  expect(() => identifierOf("n/a", null)).toThrow(/names nobody/);
});

test("the other identifiers of the records that carry it are found, and those of nobody else", async () => {
  const spools = [
    await spoolOf("crm", "email", [
      { email: "Ann@example.com", customer_id: "C-1" },
      { email: "bob@example.com", customer_id: "C-2" },
    ]),
    await spoolOf("shop", "customer_id", [
      { customer_id: "C-9", email: "ann@EXAMPLE.com", phone: "+49305550773" },
      { customer_id: "C-2", email: "bob@example.com" },
    ]),
    join(folder, "damaged.spool"),
    join(folder, "gone.spool"),
  ];
  writeFileSync(spools[2] as string, "x".repeat(9000));
  const found = await keysOf({ keys }, identifierOf("ann@example.com", null), spools);
  expect([...found].sort()).toEqual(
    [
      personKeyOf(keys, "email", "ann@example.com"),
      personKeyOf(keys, "customer_id", "ann@example.com"),
      personKeyOf(keys, "customer_id", "C-1"),
      personKeyOf(keys, "customer_id", "C-9"),
      personKeyOf(keys, "phone", "+49305550773"),
    ].sort(),
  );
});
