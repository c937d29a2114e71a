import { createHash } from "node:crypto";
import nodemailer from "nodemailer";
import { AuditorError } from "../../core/errors.ts";

export type MailRoute = {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
};

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** The same words name the same mail: a second one with this name can be told as a repetition. */
  readonly name: string;
  readonly images: readonly { readonly id: string; readonly png: Buffer }[];
};

export type Mailer = { send(mail: Mail): Promise<void>; close(): void };

const LOOPBACK = /^(?:localhost|127\.|\[?::1\]?$)/;

/** SMTP through nodemailer. A password never travels in the clear, except to this machine. */
export function mailer(route: MailRoute): Mailer {
  const transport = nodemailer.createTransport({
    host: route.host,
    port: route.port,
    secure: route.secure,
    ...(route.user === null ? {} : { auth: { user: route.user, pass: route.password ?? "" } }),
    requireTLS: !route.secure && route.user !== null && !LOOPBACK.test(route.host),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail({
          from: { name: "Plumbline", address: route.from },
          to: { name: "", address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: `<plumbline.${createHash("sha256").update(`${mail.name} ${mail.to}`).digest("hex").slice(0, 24)}@${domainOf(route.from)}>`,
          headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
          attachments: mail.images.map((i) => ({
            cid: cidOf(i.id),
            filename: `${i.id}.png`,
            content: i.png,
            contentType: "image/png",
            contentDisposition: "inline" as const,
          })),
        });
      } catch (error) {
        throw mailError(route, error);
      }
    },
    close: () => transport.close(),
  };
}

/** Content id of a picture, for `cid:` in the HTML. */
export const cidOf = (id: string): string => `${id}@plumbline`;

const domainOf = (address: string): string => /@([\w.-]+)>?$/.exec(address)?.[1] ?? "plumbline.invalid";

/** nodemailer's message may name the recipient, so ours is made from its codes. */
function mailError(route: MailRoute, error: unknown): AuditorError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const answer = error instanceof Error && "responseCode" in error ? Number(error.responseCode) : Number.NaN;
  const where = `mail ${route.host}:${route.port}`;
  if (code === "EAUTH" || answer === 535)
    return new AuditorError(
      "auth",
      where,
      "user or password was refused",
      "correct routes.mail.user and routes.mail.password",
    );
  if (code === "ETLS")
    return new AuditorError(
      "config",
      where,
      "no secure connection could be made",
      "set routes.mail.secure, or use a port that offers STARTTLS",
    );
  if (answer >= 500)
    return new AuditorError(
      "permanent",
      where,
      `the server refused the mail (${answer})`,
      "check routes.mail.from and routes.mail.to",
    );
  if (answer >= 400)
    return new AuditorError(
      "transient",
      where,
      `the server asked to come back later (${answer})`,
      "send it again in some minutes",
    );
  return new AuditorError(
    "transient",
    where,
    `the server could not be reached${code === "" ? "" : ` (${code.slice(0, 20)})`}`,
    "check routes.mail.host and port, then send it again",
  );
}
