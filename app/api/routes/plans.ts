import { Type } from "typebox";
import { AuditorError } from "../../../core/errors.ts";
import { audienceId } from "../../../core/model.ts";
import type { Services } from "../../services.ts";
import * as contract from "../contract/plan.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";

const Id = Type.Object({ id: Type.Integer({ minimum: 1 }) });
const Done = Type.Object({ ok: Type.Boolean() });

export async function planRoutes(api: Api, { app, repair }: Services): Promise<void> {
  api.get("/plans", { schema: { response: { 200: contract.PlanList } } }, async (request) => {
    await personOf(app, request);
    return { plans: [...(await repair.plans())] };
  });

  api.get("/plans/:id", { schema: { params: Id, response: { 200: contract.PlanDetail } } }, async (request) =>
    repair.detail(request.params.id, await personOf(app, request)),
  );

  api.get("/plans/:id/changes.csv", { schema: { params: Id } }, async (request, reply) => {
    const csv = await repair.exportCsv(request.params.id, await personOf(app, request));
    return reply
      .header("content-disposition", `attachment; filename="PL-${request.params.id}.csv"`)
      .header("cache-control", "no-store")
      .type("text/csv; charset=utf-8")
      .send(csv);
  });

  api.post(
    "/audiences/:id/plan",
    {
      schema: {
        params: Type.Object({ id: Type.String() }),
        body: contract.DraftRequest,
        response: { 201: contract.Drafted },
      },
    },
    async (request, reply) => {
      const author = await personOf(app, request);
      const audience = audienceId(request.params.id);
      if (!app.config.audiences.some((a) => a.id === audience))
        throw new AuditorError(
          "not_found",
          "audience",
          "there is no audience with this id",
          "see the list of audiences",
        );
      const plan = await repair.draft({
        author,
        audience,
        incident: null,
        system: null,
        ...(request.body.only === undefined ? {} : { only: request.body.only }),
      });
      return reply.code(201).send({ planId: plan.id });
    },
  );

  api.post(
    "/plans/:id/approve",
    { schema: { params: Id, body: contract.ApproveRequest, response: { 200: Done } } },
    async (request) => {
      await repair.approve(request.params.id, await personOf(app, request), request.body);
      return { ok: true };
    },
  );

  api.post(
    "/plans/:id/apply",
    { schema: { params: Id, response: { 202: Done } } },
    async (request, reply) => {
      await repair.start(request.params.id, await personOf(app, request));
      return reply.code(202).send({ ok: true });
    },
  );

  api.post(
    "/plans/:id/override",
    { schema: { params: Id, body: contract.OverrideRequest, response: { 200: Done } } },
    async (request) => {
      await repair.override(request.params.id, await personOf(app, request), request.body);
      return { ok: true };
    },
  );

  api.post("/plans/:id/review", { schema: { params: Id, response: { 200: Done } } }, async (request) => {
    await repair.review(request.params.id, await personOf(app, request));
    return { ok: true };
  });

  api.post("/plans/:id/stop", { schema: { params: Id, response: { 202: Done } } }, async (request, reply) => {
    await repair.stop(request.params.id, await personOf(app, request));
    return reply.code(202).send({ ok: true });
  });

  api.post(
    "/plans/:id/undo",
    { schema: { params: Id, response: { 201: contract.Drafted } } },
    async (request, reply) =>
      reply
        .code(201)
        .send({ planId: (await repair.undo(request.params.id, await personOf(app, request))).id }),
  );

  api.post(
    "/plans/:id/redraft",
    { schema: { params: Id, body: contract.DraftRequest, response: { 201: contract.Drafted } } },
    async (request, reply) =>
      reply.code(201).send({
        planId: (await repair.redraft(request.params.id, await personOf(app, request), request.body.only)).id,
      }),
  );
}
