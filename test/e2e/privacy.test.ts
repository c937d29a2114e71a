import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drainOutbox } from "../../app/alerts/notify.ts";
import { sendWeekly } from "../../app/alerts/weekly.ts";
import type { PlanDetail } from "../../app/api/contract.ts";
import { envOf, everyAnswer, type FullWorld, makeFullWorld } from "./full-world.ts";
import { databaseStraws, fileStraws, leaks, type Straw } from "./leaks.ts";

/** Distinctive, so that finding one is never chance. The place of each in this list is what a failing test names. */
const WORDS = ["canary-7f3a", "Quillfeather", "305550773", "CUST-zq81x", "zq-note-canary"];
/** Of an address the masked form shows the domain, on the pages and in the terminal only. */
const DOMAIN = "secret-canary";
const address = (role: string) => `Canary-7f3a-${role}@Secret-Canary.example`;
const name = (role: string) => `${role} Quillfeather`;

let world: FullWorld;
/** Where nothing of a person may be. */
const silent: Straw[] = [];
/** Where a person may be shown masked. */
const masked: Straw[] = [];
const dist = fileURLToPath(new URL("../../dist/app/cli/main.js", import.meta.url));

async function person(
  role: string,
  o: { warehouse?: boolean; ghost?: string[] | null; out?: boolean; nameThere?: string },
): Promise<void> {
  if (o.warehouse !== false)
    await world.warehouse.query(
      "insert into person (email, name, consent, consent_at, active) values ($1, $2, $3, $4, $5)",
      [
        address(role),
        name(role),
        o.out ? "unsubscribed" : "subscribed",
        o.out ? world.clock.now() : null,
        !o.out,
      ],
    );
  if (o.ghost != null)
    world.ghost.control.load([
      {
        email: address(role).toLowerCase(),
        name: o.nameThere ?? name(role),
        note: `zq-note-canary ${role}`,
        labels: o.ghost,
      },
    ]);
}

/** The usual export, with more columns about the same people. */
async function exports(): Promise<void> {
  await world.exportAll();
  for (const file of ["people.csv", "active.csv"]) {
    const [head, ...rows] = (await readFile(join(world.crm, file), "utf8")).trimEnd().split("\n");
    const more = rows.map((r) =>
      r.includes("Quillfeather") ? `${r},+49 305550773,CUST-zq81x,${address("column")}` : `${r},,,`,
    );
    await world.exportFile(file, [`${head},phone,customer_id,remark`, ...more].join("\n").concat("\n"));
  }
}

async function audit() {
  await exports();
  return world.audit();
}

async function keep(place: string, result: { code: number; stdout: string; stderr: string }): Promise<void> {
  masked.push({ place: `${place}, output`, content: `${result.stdout}\n${result.stderr}` });
}

/** A command in a process of its own, with its log: what it writes to stderr is what an operator keeps. */
async function spawned(...argv: string[]): Promise<void> {
  const child = spawn(process.execPath, [dist, ...argv], {
    cwd: world.dir,
    env: { PATH: process.env.PATH, ...envOf(world), PLUMBLINE_LOG: "trace" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += String(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += String(chunk);
  });
  const code = await new Promise((done) => child.once("close", done));
  expect([0, 2, 3], err).toContain(code);
  masked.push({ place: `plumbline ${argv.join(" ")}, output`, content: out });
  silent.push({ place: `plumbline ${argv.join(" ")}, log`, content: err });
}

async function carryOut(id: number): Promise<PlanDetail> {
  const seen = await world.get<PlanDetail>(`/api/v1/plans/${id}`);
  expect(seen.can.approve, JSON.stringify(seen.safeguards.filter((s) => s.verdict !== "pass"))).toBe(true);
  await world.post(`/api/v1/plans/${id}/approve`, {
    hash: seen.hash,
    confirm: seen.confirmText,
    automations: true,
  });
  await world.post(`/api/v1/plans/${id}/apply`);
  await expect
    .poll(async () => (await world.get<PlanDetail>(`/api/v1/plans/${id}`)).plan.state, { timeout: 20_000 })
    .toBe("done");
  return world.get<PlanDetail>(`/api/v1/plans/${id}`);
}

const draft = async (audience: string) =>
  (await world.post<{ planId: number }>(`/api/v1/audiences/${audience}/plan`, {})).planId;

beforeAll(async () => {
  world = await makeFullWorld({
    people: 120,
    yaml: (text) =>
      text.replace(
        "    owners: [warehouse]\n",
        "    owners: [warehouse]\n    merge: owner_wins\n    class: personal\n",
      ),
  });
  await person("everywhere", { ghost: ["Active", `${address("label")}`] });
  await person("leaving", { ghost: ["Active"] });
  await audit();
  await audit();
  await world.cli("accept", "all").then((r) => keep("plumbline accept", r));

  await world.warehouse.query(
    "update person set consent = 'unsubscribed', consent_at = $2, active = false where email = $1",
    [address("leaving"), world.clock.now()],
  );
  await person("missing", { ghost: null });
  await person("extra", { warehouse: false, ghost: ["Active"] });
  await person("optout", { ghost: ["Active"], out: true });
  await person("renamed", { ghost: ["Active"], nameThere: "Another Quillfeather" });
  world.ghost.control.suppress(address("everywhere").toLowerCase(), "bounce");
  await world.warehouse.query("insert into person (email, name) values ($1, 'x'), ($2, 'y'), (null, $3)", [
    `not an ${address("broken")} at all`,
    `<script>${address("markup")}`,
    name("nobody"),
  ]);
  await audit();
  await audit();
});
afterAll(async () => world.close());

describe("a person’s data", () => {
  it("goes through everything that Plumbline does", async () => {
    const { incidents } = await world.get<{ incidents: { id: number; version: number; check: string }[] }>(
      "/api/v1/incidents?state=open",
    );
    expect(incidents.map((i) => i.check)).toEqual(expect.arrayContaining(["suppression_leak"]));
    const [first] = incidents;
    await world.post(`/api/v1/incidents/${first?.id}/take`, {
      version: first?.version,
      note: `call ${address("note")} <b>now</b>`,
    });

    const suppress = await carryOut(await draft("do_not_contact"));
    expect(suppress.counts.applied).toBeGreaterThan(0);
    await audit();
    const repaired = await carryOut(await draft("active"));
    expect(repaired.groups.flatMap((g) => g.verbs.map((v) => v.op))).toEqual(
      expect.arrayContaining(["remove", "add", "set"]),
    );
    expect(repaired.counts.applied).toBeGreaterThan(2);
    expect(
      repaired.groups
        .flatMap((g) => g.verbs.flatMap((v) => v.sample.map((s) => s.masked)))
        .some((m) => m.endsWith("@secret-canary.example")),
      "people are shown masked",
    ).toBe(true);
    await carryOut((await world.post<{ planId: number }>(`/api/v1/plans/${repaired.plan.id}/undo`)).planId);

    // what fails on the way talks about values too
    world.ghost.control.fault(
      { kind: "server_error", path: "/members/", method: "PUT", times: 1 },
      { kind: "html", path: "/members/", times: 1 },
    );
    await audit();
    await world.warehouse.query(
      `create or replace view vip as select email from (select email from vip_table union all select '${address("sql")}') as x where email::int > 0`,
    );
    await exports();
    await world.exportFile(
      "active.csv",
      `email,name,consent,consent_at\n${address("csv")},"${name("csv")},subscribed,\n`,
    );
    world.slack.fault({ error: "http_500", times: 1 });
    await world.audit();
    world.clock.add(60_000);
    await drainOutbox(world.app);
    world.mail.refuse(550, 1);
    await expect(sendWeekly(world.app)).rejects.toThrow(/refused the mail/);
    expect(await sendWeekly(world.app)).toMatchObject({ sent: 1 });

    for (const [path, body] of await everyAnswer(world)) masked.push({ place: `GET ${path}`, content: body });
    for (const wrong of ["/api/v1/incidents?severity=all", "/api/v1/plans/0", "/nothing"]) {
      const answer = await world.api.inject({ url: wrong, headers: { host: "127.0.0.1:4780" } });
      masked.push({ place: `GET ${wrong}`, content: answer.body });
    }
  }, 120_000);

  it("is asked for by commands as well", async () => {
    const { incidents } = await world.get<{ incidents: { id: number }[] }>("/api/v1/incidents?state=all");
    const { plans } = await world.get<{ plans: { id: number }[] }>("/api/v1/plans");
    await mkdir(join(world.dir, "reports"));
    const commands = [
      ["incidents", "--all"],
      ["incidents", "--json"],
      ["plan", "--list"],
      ["doctor"],
      ["report"],
      ["report", "--json"],
      ["report", "--html", "reports/week.html"],
      ["plan", "active"],
      ...incidents.flatMap((i) => [
        ["incidents", `INC-${i.id}`],
        ["trace", `INC-${i.id}`],
      ]),
      ...plans.flatMap((p) => [
        ["plan", `PL-${p.id}`],
        ["plan", `PL-${p.id}`, "--json"],
      ]),
      ["compare", "crm/people.csv", "crm/active.csv", "--id", "email", "--attributes", "name"],
      [
        "compare",
        "crm/people.csv",
        "crm/active.csv",
        "--id",
        "email",
        "--json",
        "--html",
        "reports/compare.html",
      ],
    ];
    for (const argv of commands) await keep(`plumbline ${argv.join(" ")}`, await world.cli(...argv));
    if (!existsSync(dist)) throw new Error("this test runs built code: npm run build");
    await spawned("audit");
    await spawned("incidents", "--all");
  }, 120_000);

  it("is exported in full only when a person asks, which is logged, and no copy stays", async () => {
    const { plans } = await world.get<{ plans: { id: number; undoes: number | null; systems: string[] }[] }>(
      "/api/v1/plans",
    );
    const before = (await databaseStraws(world.database)).find((s) => s.place.startsWith("table audit_log"));
    const answers = await Promise.all(
      plans.map((p) =>
        world.api.inject({ url: `/api/v1/plans/${p.id}/changes.csv`, headers: { host: "127.0.0.1:4780" } }),
      ),
    );
    expect(answers.map((a) => a.statusCode)).toEqual(plans.map(() => 200));
    expect(answers.map((a) => a.headers["cache-control"])).toEqual(plans.map(() => "no-store"));
    expect(
      leaks(
        answers.map((a) => ({ place: "export", content: a.body })),
        WORDS.slice(0, 1),
      ),
      "the export is for that",
    ).not.toEqual([]);
    const after = (await databaseStraws(world.database)).find((s) => s.place.startsWith("table audit_log"));
    const exported = (s: Straw | undefined) => String(s?.content).match(/plan\.exported/g)?.length ?? 0;
    expect(exported(after) - exported(before)).toBe(plans.length);
  });

  it("is nowhere that it must not be", async () => {
    silent.push(
      ...(await databaseStraws(world.database)),
      ...(await fileStraws(world.dir, (path) => path === "crm" || path.startsWith("crm/"))),
      { place: "log of the work", content: JSON.stringify(world.logs) },
      { place: "log of the server", content: world.lines.join("") },
      { place: "Slack", content: JSON.stringify(world.slack.messages()) },
      ...world.mail.mails().map((m, i) => ({ place: `mail ${i}`, content: JSON.stringify(m) })),
      { place: "addresses asked of the server", content: world.asked.join("\n") },
    );
    // these hold something, or the search proves nothing
    for (const place of [
      "table snapshot",
      "table change",
      "table journal",
      "table incident_event",
      "table audit_log",
      "table person_ref",
      "table report",
      "table outbox",
      "table approval",
    ]) {
      expect(
        silent.some((s) => s.place.startsWith(place)),
        place,
      ).toBe(true);
    }
    expect(silent.filter((s) => s.place.startsWith("file sets/")).length, "sets and spools").toBeGreaterThan(
      10,
    );
    expect(silent.some((s) => s.place.endsWith(".spool"))).toBe(true);
    expect(world.slack.messages().length).toBeGreaterThan(2);
    expect(world.logs.length).toBeGreaterThan(10);
    expect(world.mail.mails()).toHaveLength(1);
    expect(masked.length).toBeGreaterThan(30);

    expect([...leaks(silent, [...WORDS, DOMAIN]), ...leaks(masked, WORDS)]).toEqual([]);
    for (const role of ["everywhere", "leaving", "missing", "extra", "optout", "renamed"]) {
      const whole = address(role).toLowerCase();
      expect(leaks([...silent, ...masked], [whole]), "nor as an unkeyed hash").toEqual([]);
    }
  }, 120_000);
});

describe("this search", () => {
  const word = "canary-7f3a";
  const whole = address("everywhere").toLowerCase();
  it.each<[string, string | Buffer]>([
    ["plain", `x ${whole} y`],
    ["capitals", whole.toUpperCase()],
    ["base64", `{"x":"${Buffer.from(`some ${whole} text`).toString("base64")}"}`],
    [
      "base64 in lines",
      (
        Buffer.from(`a${whole}`)
          .toString("base64")
          .match(/.{1,8}/g) ?? []
      ).join("\r\n"),
    ],
    ["base64url", Buffer.from(`??>${whole}`).toString("base64url")],
    ["hex", Buffer.from(whole).toString("hex")],
    ["bytea", `(1,"\\\\x${Buffer.from(`zz${whole.toUpperCase()}`).toString("hex")}")`],
    ["quoted-printable", whole.replace("7", "=37").replace("@", "=40").replace("n", "=\r\nn")],
    ["percent", `GET /x?email=${[...whole].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("")}`],
    ["JSON escapes", [...whole].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join("")],
    ["HTML entities", [...whole].map((c) => `&#${c.charCodeAt(0)};`).join("")],
    ["UTF-16", Buffer.from(whole, "utf16le")],
    ["bytes", Buffer.concat([Buffer.alloc(33, 0xff), Buffer.from(whole), Buffer.alloc(7, 1)])],
  ])("finds one that is planted: %s", (_, content) => {
    expect(leaks([{ place: "here", content }], [word])).toEqual([expect.stringMatching(/^here: word 0/)]);
    expect(leaks([{ place: "here", content: "nothing of a person" }], [word])).toEqual([]);
  });

  it("finds an unkeyed hash, and one row among all that was searched", async () => {
    const { createHash } = await import("node:crypto");
    expect(
      leaks([{ place: "here", content: createHash("sha256").update(whole).digest("hex") }], [whole]),
    ).not.toEqual([]);
    await world.app.db.query("insert into meta (key, value) values ('planted', $1)", [
      Buffer.from(`x${whole}`).toString("base64"),
    ]);
    expect(leaks(await databaseStraws(world.database), WORDS)).toEqual([
      expect.stringMatching(/^table meta/),
    ]);
    await world.app.db.query("delete from meta where key = 'planted'");
    await writeFile(join(world.dir, "sets", "planted"), Buffer.from(`\0\0${name("planted")}\0`));
    expect(leaks(await fileStraws(world.dir, (path) => path.startsWith("crm")), WORDS)).toEqual([
      expect.stringMatching(/^file sets\/planted/),
    ]);
  });
});
