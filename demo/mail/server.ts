import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { Clock } from "../../core/clock.ts";

export type CaughtMail = {
  readonly id: number;
  readonly receivedAt: string;
  /** Envelope, as SMTP said it. */
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly name: string | null;
    readonly type: string;
    readonly bytes: number;
    readonly cid: string | null;
  }[];
  /** Size of the message as sent. */
  readonly bytes: number;
};

export type MailServer = {
  readonly smtpPort: number;
  /** GET: `{mails: CaughtMail[]}`, newest first; `/<id>` the HTML part, `/<id>/text` the text part. */
  readonly url: string;
  mails(): readonly CaughtMail[];
  /** The next `times` messages are refused with this SMTP code (451 try later, 550 never). */
  refuse(code: number, times?: number): void;
  close(): Promise<void>;
};

/**
 * Catches all mail on loopback and shows it; nothing ever leaves.
 * @param options.file keeps the mails over a restart
 */
export async function startMail(
  options: { smtpPort?: number; httpPort?: number; clock?: Clock; file?: string } = {},
): Promise<MailServer> {
  const { file } = options;
  const mails: CaughtMail[] =
    file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as CaughtMail[]) : [];
  let refusal = { code: 0, left: 0 };

  const smtp = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    size: 5_000_000,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? "" }),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (refusal.left > 0) {
          refusal.left -= 1;
          done(Object.assign(new Error("refused by the demo"), { responseCode: refusal.code }));
          return;
        }
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
        const to = session.envelope.rcptTo.map((r) => r.address);
        keep(Buffer.concat(chunks), from, to).then(() => done(), done);
      });
    },
  });
  smtp.on("error", () => undefined);

  async function keep(raw: Buffer, from: string, to: readonly string[]): Promise<void> {
    const mail = await simpleParser(raw);
    mails.push({
      id: mails.length + 1,
      receivedAt: (options.clock?.now() ?? new Date()).toISOString(),
      from,
      to,
      subject: mail.subject ?? "",
      text: mail.text ?? "",
      html: mail.html || null,
      headers: Object.fromEntries(mail.headerLines.map((h) => [h.key, h.line])),
      attachments: mail.attachments.map((a) => ({
        name: a.filename ?? null,
        type: a.contentType,
        bytes: a.size,
        cid: a.cid ?? null,
      })),
      bytes: raw.length,
    });
    if (file !== undefined) writeFileSync(file, JSON.stringify(mails), { mode: 0o600 });
  }

  const http = createServer((request, response) => show(mails, request.url ?? "/", response));
  await new Promise<void>((resolve, reject) => {
    smtp.server.once("error", reject);
    smtp.listen(options.smtpPort ?? 0, "127.0.0.1", resolve);
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(options.httpPort ?? 0, "127.0.0.1", resolve);
  });
  return {
    smtpPort: portOf(smtp.server.address()),
    url: `http://127.0.0.1:${portOf(http.address())}/`,
    mails: () => mails,
    refuse(code, times = 1) {
      refusal = { code, left: times };
    },
    async close() {
      await new Promise<void>((resolve) => smtp.close(resolve));
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
}

function portOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): number {
  if (address === null || typeof address === "string") throw new Error("mail catcher: no port");
  return address.port;
}

/** Mail is shown in a sandbox: no script of it runs, whatever a name in it says. */
const SANDBOX = {
  "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:",
  "x-content-type-options": "nosniff",
};

function show(mails: readonly CaughtMail[], path: string, response: ServerResponse): void {
  const [, id = "", part = ""] = path.split("/");
  if (id === "") {
    response
      .writeHead(200, { "content-type": "application/json; charset=utf-8" })
      .end(JSON.stringify({ mails: mails.toReversed() }));
    return;
  }
  const mail = mails.find((m) => String(m.id) === id);
  if (!mail) response.writeHead(404).end();
  else if (part === "text" || mail.html === null)
    response.writeHead(200, { ...SANDBOX, "content-type": "text/plain; charset=utf-8" }).end(mail.text);
  else response.writeHead(200, { ...SANDBOX, "content-type": "text/html; charset=utf-8" }).end(mail.html);
}
