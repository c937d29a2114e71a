import { Type } from "typebox";
import { AuditorError } from "../../core/errors.ts";
import type { Api } from "../api/server.ts";
import type { Demo } from "./driver.ts";
import { mailPage, type ShownMail } from "./mail-page.ts";
import { localHref } from "./page-shell.ts";
import { type ShownMessage, slackPage } from "./slack-page.ts";

/** No script, no form, no foreign picture; the pages hold text from everywhere. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** A mail of its own in the frame: a document without an origin. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const MailId = Type.Object({ id: Type.Integer({ minimum: 1 }) });
const Open = Type.Object({
  open: Type.Optional(Type.Integer({ minimum: 1 })),
  part: Type.Optional(Type.Literal("text")),
});

/** What the demo's Slack and mailbox received, so that alerts can be seen without either. Nothing outside the demo. */
export async function demoPages(
  api: Api,
  demo: Pick<Demo, "slackUrl" | "mailUrl"> | null,
  timezone: string,
): Promise<void> {
  if (demo === null) return;

  api.get("/demo/slack", { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", PAGE_POLICY)
      .header("cache-control", "no-store")
      .send(slackPage(await received<ShownMessage>(demo.slackUrl, "messages"), timezone)),
  );

  api.get("/demo/mail", { schema: { hide: true, querystring: Open } }, async (request, reply) => {
    const mails = await received<ShownMail>(demo.mailUrl, "mails");
    const { open, part = "html" } = request.query;
    const opened = mails.find((m) => m.id === open) ?? mails[0] ?? null;
    return reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", PAGE_POLICY)
      .header("cache-control", "no-store")
      .send(mailPage(mails, opened, opened?.html === null ? "text" : part, timezone));
  });

  api.get("/demo/mail/:id", { schema: { hide: true, params: MailId } }, async (request, reply) => {
    const mail = await mailOf(request.params.id);
    return reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", MAIL_POLICY)
      .send(framed(mail.html ?? ""));
  });

  api.get("/demo/mail/:id/text", { schema: { hide: true, params: MailId } }, async (request, reply) => {
    const mail = await mailOf(request.params.id);
    return reply
      .type("text/plain; charset=utf-8")
      .header("content-security-policy", MAIL_POLICY)
      .send(mail.text);
  });

  async function mailOf(id: number): Promise<ShownMail> {
    const mail = (await received<ShownMail>(demo?.mailUrl ?? "", "mails")).find((m) => m.id === id);
    if (mail === undefined)
      throw new AuditorError(
        "not_found",
        "demo mail",
        `there is no mail ${id}`,
        "see /demo/mail for those that came",
      );
    return mail;
  }
}

/** Links open beside the mailbox, on the server that shows it. Pictures that the catcher keeps apart are left out. */
const framed = (html: string): string =>
  html
    .replace(/<head>/i, '<head><base target="_blank">')
    .replace(/<img [^>]*src="cid:[^"]*"[^>]*>/g, "")
    .replace(/href="(https?:\/\/[^"]+)"/g, (_, url: string) => `href="${localHref(url)}"`);

async function received<T>(url: string, key: string): Promise<readonly T[]> {
  let answer: unknown;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    answer = await response.json();
  } catch (cause) {
    throw new AuditorError(
      "transient",
      "demo",
      "its Slack and mail do not answer",
      "reload in a moment; if it stays so, start the demo again",
      { cause },
    );
  }
  const list =
    typeof answer === "object" && answer !== null && key in answer
      ? (answer as Record<string, unknown>)[key]
      : null;
  return Array.isArray(list) ? (list as readonly T[]) : [];
}
