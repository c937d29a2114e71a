import { describe, expect, test } from "vitest";
import { AuditorError } from "../core/errors.ts";
import { brokenConstraint, databaseError } from "./database-error.ts";

const WHERE = "database db.example.com:5432/plumbline";
const raised = (fields: object, message = "canary@example.com is wrong") =>
  Object.assign(new Error(message), fields);

describe("databaseError", () => {
  test.each([
    ["28P01", "auth"],
    ["3D000", "config"],
    ["42501", "not_allowed"],
    ["53100", "transient"],
    ["25006", "permanent"],
    ["53300", "transient"],
    ["57014", "transient"],
    ["40001", "transient"],
    ["40P01", "transient"],
    ["55P03", "transient"],
    ["57P01", "transient"],
    ["08006", "transient"],
    ["ECONNREFUSED", "transient"],
    ["ENOTFOUND", "transient"],
    ["23505", "permanent"],
    ["22P02", "permanent"],
  ])("%s is %s, told without the database's own words", (code, kind) => {
    const error = databaseError(
      WHERE,
      raised({ code, detail: "Key (email)=(canary@example.com) already exists." }),
    );
    expect(error.kind).toBe(kind);
    expect(error.where).toBe(WHERE);
    expect(`${error.message} ${JSON.stringify(error.cause)}`).not.toContain("canary");
    expect(error.message).toContain(code);
  });

  test("a connection that drops has no code; all addresses refused come as one error", () => {
    expect(databaseError(WHERE, new Error("Connection terminated unexpectedly")).kind).toBe("transient");
    expect(databaseError(WHERE, new Error("timeout exceeded when trying to connect")).kind).toBe("transient");
    expect(databaseError(WHERE, new AggregateError([raised({ code: "ECONNREFUSED" })])).message).toContain(
      "cannot be reached (ECONNREFUSED)",
    );
  });

  test("our own errors pass through; constraints are named, values are not", () => {
    const own = new AuditorError("stale", "PL-1", "a", "b");
    expect(databaseError(WHERE, own)).toBe(own);
    expect(
      brokenConstraint(
        databaseError(WHERE, raised({ code: "23505", constraint: "journal_one_end", table: "journal" })),
      ),
    ).toBe("journal_one_end");
    expect(brokenConstraint(databaseError(WHERE, raised({ code: "40001" })))).toBeNull();
    expect(brokenConstraint(new Error("x"))).toBeNull();
  });
});
