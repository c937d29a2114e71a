import { describe, expect, test } from "vitest";
import { type GateRequest, gate } from "./gate.ts";

const list = {
  type: "object",
  properties: { id: { type: "string", readOnly: true }, name: { type: "string" } },
};
const document = (openapi: string, extra: object = {}) => ({
  openapi,
  servers: [{ url: "https://api.example.com/v1" }],
  security: [{ key: [] }],
  components: {
    securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } },
    schemas: {
      List: { ...list, required: ["id", "name"] },
      Level:
        openapi === "3.1.0"
          ? { type: ["string", "null"], enum: ["a", "b", null] }
          : { type: "string", nullable: true, enum: ["a", "b"] },
    },
    responses: {
      Fault: {
        content: {
          "application/json": { schema: { type: "object", properties: { code: { type: "integer" } } } },
        },
      },
    },
  },
  paths: {
    "/lists/{id}": {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", pattern: "^L" } }],
      get: {
        parameters: [
          { name: "size", in: "query", schema: { type: "integer", maximum: 100 } },
          {
            name: "fields",
            in: "query",
            explode: false,
            schema: { type: "array", items: { type: "string", enum: ["id", "name"] } },
          },
          { name: "since", in: "query", required: true, schema: { type: "string", format: "date-time" } },
          { name: "revision", in: "header", required: true, schema: { type: "string" } },
        ],
        responses: {
          200: {
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: {
                    list: { $ref: "#/components/schemas/List" },
                    level: { $ref: "#/components/schemas/Level" },
                  },
                },
              },
            },
          },
          "4XX": { $ref: "#/components/responses/Fault" },
        },
      },
      put: {
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/List" } } },
        },
        responses: { 204: { description: "done" } },
      },
    },
    "/lists/search": { get: { responses: { 204: {} } } },
    ...extra,
  },
});

describe.each(["3.0.2", "3.1.0"])("OpenAPI %s", (version) => {
  const g = gate(document(version));
  const get = (query: string, more: Partial<GateRequest> = {}): string[] =>
    g
      .request({
        method: "GET",
        path: "/v1/lists/L1",
        query: new URLSearchParams(query),
        headers: { "x-key": "k", Revision: "1" },
        body: undefined,
        ...more,
      })
      .map((v) => `${v.operation} ${v.what}`);
  const at = "GET /lists/{id}";
  const SINCE = "since=2026-01-01T00:00:00Z";

  test("lets through what is documented", () => {
    expect(get(`${SINCE}&size=100&fields=id,name`)).toEqual([]);
    expect(get("", { path: "/v1/lists/search" })).toEqual([]);
    expect(get("", { method: "PUT", body: { name: "x" } })).toEqual([]);
  });

  test.each<[string, Partial<GateRequest>, string]>([
    [SINCE, { path: "/v1/list/L1" }, "GET /v1/list/L1 undocumented path"],
    [SINCE, { path: "/lists/L1" }, "GET /lists/L1 undocumented path"],
    [SINCE, { method: "DELETE" }, "DELETE /v1/lists/L1 undocumented verb"],
    [`${SINCE}&pagesize=3`, {}, `${at} undocumented query parameter pagesize`],
    [`${SINCE}&size=101`, {}, `${at} query parameter size must be <= 100`],
    [`${SINCE}&size=ten`, {}, `${at} query parameter size must be integer`],
    [
      `${SINCE}&fields=id,nmae`,
      {},
      `${at} query parameter fields/* must be equal to one of the allowed values`,
    ],
    ["", {}, `${at} query parameter since is missing`],
    ["since=yesterday", {}, `${at} query parameter since must match format "date-time"`],
    [SINCE, { headers: { "x-key": "k" } }, `${at} header parameter revision is missing`],
    [SINCE, { headers: { revision: "1" } }, `${at} no credential (x-key)`],
    [SINCE, { path: "/v1/lists/1" }, `${at} path parameter id must match pattern "^L"`],
    [SINCE, { body: {} }, `${at} a body where none is documented`],
    ["", { method: "PUT" }, "PUT /lists/{id} the body is missing"],
    ["", { method: "PUT", body: { name: 1 } }, "PUT /lists/{id} body/name must be string"],
    ["", { method: "PUT", body: {} }, "PUT /lists/{id} body must have required property 'name'"],
    [
      "",
      { method: "PUT", body: { name: "x", nmae: "y" } },
      "PUT /lists/{id} body has the undocumented field nmae",
    ],
    [
      "",
      { method: "PUT", body: { name: "x", id: "1" } },
      "PUT /lists/{id} body has the undocumented field id",
    ],
  ])("request %s %j", (query, more, said) => expect(get(query, more)).toEqual([said]));

  test.each<[number, unknown, string[]]>([
    [200, { list: { id: "L1", name: "x" }, level: null }, []],
    [404, { code: 7 }, []],
    [200, { list: { name: "x" } }, ["200: body/list must have required property 'id'"]],
    [200, { level: "c" }, ["200: body/level must be equal to one of the allowed values"]],
    [200, { list: { id: "L1", name: "x", joined: 1 } }, ["200: body/list has the undocumented field joined"]],
    [200, undefined, ["200: body is missing"]],
    [404, { code: "7" }, ["404: body/code must be integer"]],
    [500, {}, ["500: undocumented status"]],
    [201, {}, ["201: undocumented status"]],
  ])("response %i %j", (status, body, said) => {
    const found = g.response({ method: "GET", path: "/v1/lists/L1", status, headers: {}, body });
    expect(found.map((v) => v.what)).toEqual(said);
  });

  test("an answer without a body", () => {
    const put = (body: unknown) =>
      g.response({ method: "PUT", path: "/v1/lists/L1", status: 204, headers: {}, body });
    expect(put("")).toEqual([]);
    expect(put({}).map((v) => v.what)).toEqual(["204: a body where none is documented"]);
  });
});

test("violations quote no address", () => {
  const [v] = gate(document("3.0.2")).request({
    method: "GET",
    path: "/v1/people/ann@example.com/lists",
    query: new URLSearchParams(),
    headers: {},
    body: undefined,
  });
  expect(JSON.stringify(v)).not.toContain("ann");
});
