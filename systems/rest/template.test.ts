import { describe, expect, it } from "vitest";
import type { RestCall } from "../../core/rest-config.ts";
import { fillCall, type Values } from "./template.ts";

const call = (more: Partial<RestCall>): RestCall => ({
  verb: "POST",
  path: "/x",
  query: {},
  body: undefined,
  ...more,
});
const fill = (more: Partial<RestCall>, values: Values, each?: readonly Values[]) =>
  fillCall("shop", call(more), each === undefined ? { values } : { values, each });

describe("a filled call", () => {
  it("escapes each value of a path by itself", () => {
    expect(fill({ path: "/lists/{{list}}/x" }, { list: "a/b?c#d é%" }).path).toBe(
      "/lists/a%2Fb%3Fc%23d%20%C3%A9%25/x",
    );
    expect(fill({ path: "/c/{{ids}}" }, { ids: ["1", "a/b"] }).path).toBe("/c/1,a%2Fb");
    expect(fill({ path: "/c/{{id}}" }, { id: "1,2" }).path).toBe("/c/1%2C2");
  });
  it.each([["."], [".."], ["..."], [""], ["  "], ["a\nb"], ["a\u0000"]])("refuses %j in a path", (id) => {
    expect(() => fill({ path: "/contacts/{{id}}" }, { id })).toThrow(/cannot stand in an address/);
  });
  it("builds bodies as values: quotes, braces and templates in a value stay text", () => {
    for (const hostile of [
      '"},"admin":true,"x":{"',
      "{{value}}",
      "${env:KEY}",
      "\\",
      "\u2028",
      "__proto__",
    ]) {
      const { body } = fill(
        { body: { a: { "{{field}}": "{{value}}" }, b: "x {{value}} y" } },
        { field: "f", value: hostile },
      );
      expect(JSON.parse(JSON.stringify(body))).toEqual({ a: { f: hostile }, b: `x ${hostile} y` });
    }
  });
  it("takes __proto__ as a key like any other", () => {
    const { body } = fill({ body: { "{{field}}": "{{value}}" } }, { field: "__proto__", value: "x" });
    expect(JSON.stringify(body)).toBe('{"__proto__":"x"}');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
  it("keeps the type of a value that stands alone", () => {
    const { body } = fill(
      { body: { v: "{{value}}", ids: "{{ids}}", n: 1, t: [true, null] } },
      { value: null, ids: ["1", "2"] },
    );
    expect(body).toEqual({ v: null, ids: ["1", "2"], n: 1, t: [true, null] });
  });
  it("makes one element per person", () => {
    const { body } = fill(
      { body: { people: { "{{each}}": { id: "{{id}}", to: "{{list}}" } } } },
      { list: "7" },
      [{ id: "1" }, { id: "2" }],
    );
    expect(body).toEqual({
      people: [
        { id: "1", to: "7" },
        { id: "2", to: "7" },
      ],
    });
  });
  it("sends a list as a comma list, or once per value where the name ends with []", () => {
    const values = { ids: ["1", "2"] };
    expect(fill({ query: { ids: "{{ids}}" } }, values).query).toEqual({ ids: "1,2" });
    expect(fill({ query: { "ids[]": "{{ids}}" } }, values).query).toEqual({ "ids[]": ["1", "2"] });
    expect(() => fill({ query: { ids: "{{ids}}" } }, { ids: ["a,b"] })).toThrow(/holds a comma/);
  });
  it("lets no value change the meaning of a vendor's filter", () => {
    const filter = (text: string, email: string) => fill({ query: { filter: text } }, { email }).query.filter;
    expect(filter("email:'{{email}}'", "a+b@example.test")).toBe("email:'a+b@example.test'");
    for (const email of ["o'neil@example.test", 'a"b@example.test', "a\\@example.test"])
      expect(() => filter("email:'{{email}}'", email)).toThrow(/could change the meaning of the call/);
    expect(filter("email:{{email}}", "ana@example.test")).toBe("email:ana@example.test");
    for (const email of ["a+status:x@example.test", "a b@example.test", "a,b", "(a)"])
      expect(() => filter("email:{{email}}", email)).toThrow(/without quotes holds more/);
    expect(fill({ query: { filter: "id:[{{ids}}]" } }, { ids: ["a1", "b2"] }).query.filter).toBe(
      "id:[a1,b2]",
    );
    expect(filter("{{email}}", "o'neil+x@example.test")).toBe("o'neil+x@example.test");
    expect(() => fill({ body: { q: "select '{{email}}'" } }, { email: "x' or '1'='1" })).toThrow(
      /could change/,
    );
  });
  it("tells a name without value, and quotes no value", () => {
    expect(() => fill({ path: "/{{nam}}" }, { name: "ana@example.test" })).toThrow(
      /\{\{nam\}\} has no value here → use one of \{\{name\}\}$/,
    );
    expect(() => fill({ path: "/{{toString}}" }, {})).toThrow(/has no value here/);
    expect(() => fill({ path: "/{{id}}" }, { id: ".." })).toThrow(/^(?!.*\.\.).*$/);
  });
});
