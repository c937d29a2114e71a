import Fastify, { type FastifyError } from "fastify";
import { Type } from "typebox";
import { expect, test } from "vitest";
import { validationMessage } from "./validation-message.ts";

async function told(request: { url?: string; body?: object }): Promise<string> {
  const server = Fastify();
  const schema = {
    querystring: Type.Object({
      state: Type.Optional(Type.Union([Type.Literal("open"), Type.Literal("all")])),
      only: Type.Optional(Type.Literal("act")),
      days: Type.Optional(Type.Integer({ maximum: 366 })),
      until: Type.Optional(Type.Union([Type.Integer(), Type.Literal("never")])),
      form: Type.Optional(Type.Union([Type.Object({}), Type.Object({})])),
    }),
    body: Type.Object({ reason: Type.String(), who: Type.Optional(Type.Object({ age: Type.Integer() })) }),
  };
  server.post("/", { schema }, async () => ({ message: "fine" }));
  server.setErrorHandler((error: FastifyError, _request, reply) =>
    reply.send({ message: validationMessage(error) }),
  );
  const { url = "", body = { reason: "r" } } = request;
  return (await server.inject({ method: "POST", url: `/${url}`, body })).json().message;
}

test.each<[{ url?: string; body?: object }, string]>([
  [{}, "fine"],
  [{ url: "?state=ann@example.com" }, "query: state must be one of open, all"],
  [{ url: "?only=x" }, "query: only must be act"],
  [{ url: "?days=3650" }, "query: days must be <= 366"],
  [{ url: "?until=x" }, "query: until must be never or must be integer"],
  [{ url: "?form=x" }, "query: form must be object"],
  [{ body: {} }, "body: must have required property 'reason'"],
  [{ body: { reason: "r", who: { age: "x" } } }, "body: who.age must be integer"],
])("%j", async (request, message) => {
  expect(await told(request)).toBe(message);
});

test("what is no question of form keeps its words", () => {
  expect(validationMessage(Object.assign(new Error("body is too large"), { code: "x" }))).toBe(
    "body is too large",
  );
});
