import { expect, test } from "vitest";
import { normalise } from "../../members/normalise.ts";
import { attributeNames, header, type Shape, truthOf, writeRows } from "./people.ts";

/** The file as text, written in pieces as small as allowed. */
function fileOf(shape: Shape, system: number): string {
  const piece = Buffer.alloc(4_096);
  let text = "";
  writeRows(shape, system, piece, (bytes) => {
    text += piece.toString("utf8", 0, bytes);
  });
  return text;
}

/** Person → plan, first row first, the slow and obvious way. */
function peopleOf(text: string): Map<string, string> {
  const people = new Map<string, string>();
  for (const line of text.split(/\r?\n/).slice(1, -1)) {
    const [, email = "", plan = ""] = /^([^,]*),[^,]*,("[^"]*"|[^,]*),/.exec(line) ?? [];
    const person = normalise("email", email) ?? "";
    if (!people.has(person)) people.set(person, plan);
  }
  return people;
}

for (const mixed of [false, true]) {
  test(`the truth is what the files say${mixed ? ", accents and quotes included" : ""}`, () => {
    const shape: Shape = { people: 5_000, systems: 3, attributes: 2, mixed };
    const owner = peopleOf(fileOf(shape, 0));
    expect(owner.size).toBe(5_000);
    for (const system of [1, 2]) {
      const here = peopleOf(fileOf(shape, system));
      const missing = [...owner.keys()].filter((p) => !here.has(p)).length;
      const extra = [...here.keys()].filter((p) => !owner.has(p)).length;
      const differ = [...here].filter(([p, plan]) => owner.has(p) && owner.get(p) !== plan).length;
      expect({ missing, extra, differ }).toEqual(truthOf(shape, system));
      expect(missing).toBeGreaterThan(5);
      expect(extra).toBeGreaterThan(3);
      expect(differ).toBeGreaterThan(20);
    }
  });
}

test("the mixed file has what it promises", () => {
  const shape: Shape = { people: 20_000, systems: 2, attributes: 4, mixed: true };
  const lines = fileOf(shape, 1).split("\r\n").slice(1, -1);
  const outside = lines.filter((l) => /[^\x00-\x7f]/.test(l)).length;
  const quoted = lines.filter((l) => l.includes('"')).length;
  expect(outside / lines.length).toBeCloseTo(0.05, 1);
  expect(quoted / lines.length).toBeCloseTo(0.08, 1);
  expect(lines.some((l) => l !== l.normalize("NFC"))).toBe(true);
  expect(header(shape)).toBe(`email,customer_id,${attributeNames(shape).join(",")}\r\n`);
});

test("a file has every person once, in an order of its own, and the same each time", () => {
  const shape: Shape = { people: 1_000, systems: 2, attributes: 2, mixed: false };
  const owner = [...peopleOf(fileOf(shape, 0)).keys()];
  const other = [...peopleOf(fileOf(shape, 1)).keys()].filter((p) => owner.includes(p));
  expect(other).not.toEqual(owner.filter((p) => other.includes(p)));
  expect(new Set(other).size).toBe(other.length);
  expect(fileOf(shape, 1)).toBe(fileOf(shape, 1));
});
