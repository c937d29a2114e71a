import { Type } from "typebox";
import { checkSend } from "../../gate/check-send.ts";
import { plannedSends, sendNamed } from "../../gate/planned-sends.ts";
import type { Services } from "../../services.ts";
import { GateAnswer } from "../contract/gate.ts";
import type { Api } from "../server.ts";
import { personOf } from "../session.ts";
import { gateView } from "../views/gate.ts";

export async function gateRoutes(api: Api, { app }: Services): Promise<void> {
  api.get(
    "/gate/:campaign",
    { schema: { params: Type.Object({ campaign: Type.String() }), response: { 200: GateAnswer } } },
    async (request) => {
      await personOf(app, request);
      return gateView(await checkSend(app, sendNamed(await plannedSends(app), request.params.campaign)));
    },
  );
}
