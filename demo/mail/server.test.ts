import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type MailServer, startMail } from "./server.ts";

let mail: MailServer;
const send = () =>
  createTransport({ host: "127.0.0.1", port: mail.smtpPort, secure: false }).sendMail({
    from: "a@example.com",
    to: ["b@example.com", "c@example.com"],
    subject: "Weekly — über",
    text: "plain",
    html: "<script>1</script><b>rich</b>",
    attachments: [{ filename: "x.png", content: Buffer.from([1, 2, 3]), cid: "chart" }],
  });

beforeAll(async () => {
  mail = await startMail();
});
afterAll(() => mail.close());

test("keeps what was sent and shows it without letting it run", async () => {
  await send();
  expect(mail.mails()[0]).toMatchObject({
    from: "a@example.com",
    to: ["b@example.com", "c@example.com"],
    subject: "Weekly — über",
    text: "plain",
    attachments: [{ name: "x.png", bytes: 3, cid: "chart" }],
  });
  const list: unknown = await (await fetch(mail.url)).json();
  expect(list).toMatchObject({ mails: [{ id: 1 }] });
  const html = await fetch(`${mail.url}1`);
  expect(html.headers.get("content-security-policy")).toContain("sandbox");
  expect(await html.text()).toContain("<b>rich</b>");
  expect(await (await fetch(`${mail.url}1/text`)).text()).toBe("plain");
});

test("refuses once with 451, then takes it", async () => {
  mail.refuse(451);
  await expect(send()).rejects.toMatchObject({ responseCode: 451 });
  await send();
  expect(mail.mails()).toHaveLength(2);
});
