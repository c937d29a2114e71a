import { randomUUID } from "node:crypto";
import type { Answer } from "../sim/server.ts";

const TYPE = "https://mailchimp.com/developer/marketing/docs/errors/";
const HEADERS = {
  "content-type": "application/problem+json; charset=utf-8",
  link: '<https://us3.api.mailchimp.com/schema/3.0/Definitions/ProblemDetailDocument.json>; rel="describedBy"',
};

export type FieldProblem = { readonly field: string; readonly message: string };

/** An error as Mailchimp words it. Those about a member's state come without `type` (seen in recorded traffic). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldProblem[] | null;
  readonly typed: boolean;

  constructor(
    status: number,
    title: string,
    detail: string,
    more: { readonly errors?: readonly FieldProblem[]; readonly typed?: boolean } = {},
  ) {
    super(detail);
    this.status = status;
    this.title = title;
    this.errors = more.errors ?? null;
    this.typed = more.typed ?? true;
  }

  answer(): Answer {
    return {
      status: this.status,
      headers: HEADERS,
      body: {
        ...(this.typed ? { type: TYPE } : {}),
        title: this.title,
        status: this.status,
        detail: this.message,
        instance: randomUUID(),
        ...(this.errors === null ? {} : { errors: this.errors }),
      },
    };
  }
}

export const notFound = (): Problem =>
  new Problem(404, "Resource Not Found", "The requested resource could not be found.");
export const invalid = (detail: string, errors?: readonly FieldProblem[]): Problem =>
  new Problem(400, "Invalid Resource", detail, errors === undefined ? {} : { errors });
export const exists = (email: string): Problem =>
  new Problem(
    400,
    "Member Exists",
    `${email} is already a list member. Use PUT to insert or update list members.`,
    { typed: false },
  );
export const inCompliance = (email: string): Problem =>
  new Problem(
    400,
    "Member In Compliance State",
    `${email} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`,
    { typed: false },
  );
export const forgotten = (email: string): Problem =>
  new Problem(
    400,
    "Forgotten Email Not Subscribed",
    `${email} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`,
    { typed: false },
  );
export const notArchivable = (): Problem =>
  new Problem(
    405,
    "Method Not Allowed",
    "This list member cannot be removed. Can not archive a contact that is bounced, pending or archived",
  );
