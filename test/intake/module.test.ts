import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileIntake } from "../../members/intake/instance.ts";
import { rawIntake } from "../../members/intake/intake.ts";
import { deriveKeys } from "../../members/keys.ts";
import { SetBuilder } from "../../members/set-builder.ts";
import { sectionsOf } from "../kernel/wasm-sections.ts";
import { BUILT, intakeModule } from "./world.ts";

it("has code and no data of its own", () => {
  const sections = sectionsOf(readFileSync(BUILT));
  expect(sections).toContain(10);
  expect(sections).not.toContain(11);
});

it("is not there: rows come one by one", () => {
  expect(compileIntake("/nowhere/intake.wasm")).toBeNull();
});

it("takes nothing for builders with different keys", () => {
  const builder = (seed: number) =>
    new SetBuilder({
      identity: "email",
      attributes: [],
      rules: {},
      keys: deriveKeys(Buffer.alloc(32, seed)),
      epoch: 1,
      spool: false,
    });
  const one = builder(1);
  expect(rawIntake(intakeModule, [one])).not.toBeNull();
  expect(rawIntake(intakeModule, [one, builder(2)])).toBeNull();
});
