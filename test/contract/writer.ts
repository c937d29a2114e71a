import { describe, expect, it } from "vitest";
import { audienceId, personKey, type SegmentSource, type SystemId } from "../../core/model.ts";
import type { OpenChange, PersonRef, Writer } from "../../core/ports.ts";
import type { Op } from "../../core/repair.ts";
import { contextFor } from "./collector.ts";

/** A person as the system holds them; `inSegment` in the segment under test, `other` in another one. */
export type WriterSeed = {
  readonly email: string;
  readonly inSegment: boolean;
  readonly other?: boolean;
  readonly subscribed: boolean;
  readonly value?: string | null;
};
/** What is there, told by the system itself and not by the writer. */
export type Truth = {
  readonly inSegment: boolean;
  readonly other: boolean;
  readonly mailable: boolean;
  readonly value: string | null;
};

export type WriterWorld = {
  readonly writer: Writer;
  readonly system: SystemId;
  readonly source: SegmentSource;
  /** True where the writer adds nobody who has not opted in, however harmless. Default false. */
  readonly addsOptedInOnly?: boolean;
  /** Attribute that may be set, and one that bears consent. */
  readonly attribute: string;
  readonly consentAttribute: string;
  seed(people: readonly WriterSeed[]): Promise<void>;
  truth(email: string): Promise<Truth | null>;
  /** A write that takes effect and whose answer is lost; null: cannot be made here. */
  loseAnswer(): Promise<"set" | null>;
  close(): Promise<void>;
};

let n = 0;
export const changeFor = (
  w: Pick<WriterWorld, "system">,
  op: Op,
  email: string,
  more: Partial<OpenChange> = {},
): OpenChange => ({
  n: n++,
  system: w.system,
  audience: audienceId("active"),
  person: personKey(email.padEnd(32, "0").slice(0, 32)),
  op,
  attribute: null,
  before: { inSegment: op === "remove", value: null, version: null },
  rule: "test",
  reversible: op !== "suppress",
  evidence: op === "suppress" ? { system: w.system, at: null } : null,
  sealed: "",
  identifiers: { email },
  value: null,
  ...more,
});
const refFor = (email: string): PersonRef => ({ person: personKey("0".repeat(32)), identifiers: { email } });

/** One suite for every writer. `make` gives an empty world; each test gets its own. */
export function writerContract(name: string, make: () => Promise<WriterWorld>): void {
  describe(`${name}: writer contract`, () => {
    const withWorld = (f: (w: WriterWorld) => Promise<void>) => async () => {
      const world = await make();
      try {
        await f(world);
      } finally {
        await world.writer.close();
        await world.close();
      }
    };
    /** Applies one change as the repair does: through batches, answers joined in order. */
    const apply = async (w: WriterWorld, ...changes: OpenChange[]) => {
      const batches = w.writer.batches(changes);
      expect(batches.flat()).toEqual(changes);
      const outcomes = [];
      for (const batch of batches) {
        const answered = await w.writer.apply(batch, w.source, contextFor());
        expect(answered).toHaveLength(batch.length);
        outcomes.push(...answered);
      }
      return outcomes.map((o) => o.status);
    };
    const ana = { email: "ana@example.test", inSegment: true, other: true, subscribed: true, value: "old" };
    const ben = { email: "ben@example.test", inSegment: false, other: true, subscribed: true, value: "old" };

    it(
      "adds, and adding again changes nothing",
      withWorld(async (w) => {
        await w.seed([ana, ben]);
        expect(await apply(w, changeFor(w, "add", ben.email))).toEqual(["applied"]);
        const truth = await w.truth(ben.email);
        expect(truth).toMatchObject({ inSegment: true, other: true, mailable: true });
        expect(await apply(w, changeFor(w, "add", ben.email))).toEqual(["noop"]);
        expect(await w.truth(ben.email)).toEqual(truth);
      }),
    );
    it(
      "removes from the segment only; the person and everything else stay",
      withWorld(async (w) => {
        await w.seed([ana, ben]);
        expect(await apply(w, changeFor(w, "remove", ana.email))).toEqual(["applied"]);
        expect(await w.truth(ana.email)).toEqual({
          inSegment: false,
          other: true,
          mailable: true,
          value: "old",
        });
        expect(await apply(w, changeFor(w, "remove", ana.email))).toEqual(["noop"]);
        expect(await w.truth(ben.email)).toEqual({
          inSegment: false,
          other: true,
          mailable: true,
          value: "old",
        });
      }),
    );
    it(
      "tells what adds may set off: no mail that asks to confirm, and asking changes nothing",
      withWorld(async (w) => {
        await w.seed([ana, ben]);
        const before = await w.truth(ben.email);
        const lines = await w.writer.forecast?.(w.source, 3, contextFor());
        expect(await w.truth(ben.email)).toEqual(before);
        if (lines === undefined) {
          // what is only described in YAML cannot tell anything of the kind
          expect(await w.writer.automations(w.source, contextFor())).toBeNull();
          return;
        }
        expect(lines.map((l) => l.what)).toEqual(["mails", "contacts", "hooks"]);
        expect(lines[0]).toMatchObject({ verdict: "none", count: 0 });
        for (const l of lines) {
          expect(l.count === null).toBe(l.verdict === "cant_tell");
          expect(l.text).toMatch(/\S.*[^.]$/);
        }
      }),
    );
    it(
      "suppresses, and suppressing again changes nothing",
      withWorld(async (w) => {
        await w.seed([ana, ben]);
        expect(await apply(w, changeFor(w, "suppress", ana.email))).toEqual(["applied"]);
        expect(await w.truth(ana.email)).toEqual({
          inSegment: true,
          other: true,
          mailable: false,
          value: "old",
        });
        expect(await apply(w, changeFor(w, "suppress", ana.email))).toEqual(["noop"]);
        expect((await w.truth(ben.email))?.mailable).toBe(true);
      }),
    );
    it(
      "suppressing someone who is not there makes no record",
      withWorld(async (w) => {
        await w.seed([ana]);
        expect(await apply(w, changeFor(w, "suppress", "new@example.test"))).toEqual(["noop"]);
        expect(await w.truth("new@example.test")).toBeNull();
      }),
    );
    it(
      "sets an attribute, and setting it again changes nothing",
      withWorld(async (w) => {
        await w.seed([ana]);
        const set = (value: string | null) =>
          changeFor(w, "set", ana.email, { attribute: w.attribute, value });
        expect(await apply(w, set("new"))).toEqual(["applied"]);
        expect(await w.truth(ana.email)).toEqual({
          inSegment: true,
          other: true,
          mailable: true,
          value: "new",
        });
        expect(await apply(w, set("new"))).toEqual(["noop"]);
        expect(await apply(w, set(null))).toEqual(["applied"]);
        expect((await w.truth(ana.email))?.value).toBeNull();
      }),
    );
    it(
      "adding never lets an opted-out person be mailed",
      withWorld(async (w) => {
        await w.seed([{ ...ben, subscribed: false }]);
        await apply(w, changeFor(w, "add", ben.email), changeFor(w, "add", "new@example.test"));
        expect((await w.truth(ben.email))?.mailable).toBe(false);
        expect((await w.truth("new@example.test"))?.mailable ?? false).toBe(false);
      }),
    );
    it(
      "refuses to set what bears consent",
      withWorld(async (w) => {
        await w.seed([{ ...ana, subscribed: false }]);
        const change = changeFor(w, "set", ana.email, { attribute: w.consentAttribute, value: "true" });
        const [answer] = await w.writer.apply([change], w.source, contextFor());
        expect(answer).toMatchObject({ status: "refused", consent: true });
        expect((await w.truth(ana.email))?.mailable).toBe(false);
      }),
    );
    it(
      "answers in the order of the changes, each for itself",
      withWorld(async (w) => {
        await w.seed([ana, ben]);
        const statuses = await apply(
          w,
          changeFor(w, "suppress", ben.email),
          changeFor(w, "remove", ben.email),
          changeFor(w, "remove", ana.email),
          changeFor(w, "add", ben.email),
          changeFor(w, "set", "nobody@example.test", { attribute: w.attribute, value: "x" }),
          changeFor(w, "add", "not an address"),
        );
        const added = w.addsOptedInOnly === true ? "refused" : "applied"; // suppressed two lines above
        expect(statuses).toEqual(["applied", "noop", "applied", added, "failed", "failed"]);
      }),
    );
    it(
      "finds people in any case, and never makes a second record of one",
      withWorld(async (w) => {
        await w.seed([{ ...ana, email: "Ana.Case@Example.test", inSegment: false }]);
        expect(await apply(w, changeFor(w, "add", "ANA.case@example.TEST"))).toEqual(["applied"]);
        expect(await w.truth("Ana.Case@Example.test")).toMatchObject({ inSegment: true });
        expect(await apply(w, changeFor(w, "suppress", "ana.case@example.test"))).toEqual(["applied"]);
        expect(await w.truth("Ana.Case@Example.test")).toMatchObject({ mailable: false });
      }),
    );
    it(
      "reads back in order: state of those who are there, not found for others, null without an identifier",
      withWorld(async (w) => {
        await w.seed([ana, { ...ben, subscribed: false }]);
        const people: PersonRef[] = [
          refFor("nobody@example.test"),
          refFor(ben.email),
          { person: personKey("1".repeat(32)), identifiers: {} },
          refFor("ANA@example.test"),
        ];
        const states = await w.writer.readBack(people, w.source, contextFor());
        expect(states).toMatchObject([
          { found: false, inSegment: false, consent: "unknown" },
          { found: true, inSegment: false, mailable: false },
          null,
          { found: true, inSegment: true, mailable: true, attributes: { [w.attribute]: "old" } },
        ]);
        expect(await w.writer.readBack([], w.source, contextFor())).toEqual([]);
      }),
    );
    it(
      "says unknown when the answer to a write is lost, and does not send it again",
      withWorld(async (w) => {
        await w.seed([ana, ben]);
        if ((await w.loseAnswer()) === null) return;
        expect(await apply(w, changeFor(w, "remove", ana.email))).toEqual(["unknown"]);
        const [state] = await w.writer.readBack([refFor(ana.email)], w.source, contextFor());
        expect(state).toMatchObject({ found: true, inSegment: (await w.truth(ana.email))?.inSegment });
      }),
    );
    it(
      "sends nothing once it is told to stop",
      withWorld(async (w) => {
        await w.seed([ana]);
        const outcomes = await w.writer.apply(
          [changeFor(w, "remove", ana.email)],
          w.source,
          contextFor(AbortSignal.abort()),
        );
        expect(outcomes).toMatchObject([{ status: "retry" }]);
        expect((await w.truth(ana.email))?.inSegment).toBe(true);
      }),
    );
    it(
      "proves that it may write, without writing",
      withWorld(async (w) => {
        await w.seed([ana]);
        await w.writer.probe(contextFor());
        expect(await w.truth(ana.email)).toEqual({
          inSegment: true,
          other: true,
          mailable: true,
          value: "old",
        });
      }),
    );
    it(
      "has no way to subscribe, unsuppress or delete anyone",
      withWorld(async (w) => {
        const verbs = Object.keys(w.writer).filter((k) => k !== "forecast"); // optional, and only reads
        expect(verbs.sort()).toEqual([
          "apply",
          "automations",
          "batches",
          "capabilities",
          "close",
          "probe",
          "readBack",
          "system",
        ]);
        expect([...w.writer.capabilities.ops].sort()).toEqual(["add", "remove", "set", "suppress"]);
      }),
    );
  });
}
