import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceId, instant, systemId } from "../../core/model.ts";
import { putAudienceBase } from "../../store/put-audience-base.ts";
import { makeList, newDomain } from "../contract/mailman-world.ts";
import { ANA, applyAs, makeWorldWith, testClock, type World } from "../e2e/world.ts";
import { type RealMailman, startRealMailman } from "./mailman-server.ts";
import { type RealDatabase, type RealMariadb, startRealMariadb } from "./mariadb-server.ts";

const PEOPLE = 500;
const email = (i: number) => `person${i}@example.test`;
const [mariadb, mailman] = [await startRealMariadb(), await startRealMailman()];

const YAML = (list: string, url: string) => `
company: Meadow & Co
timezone: Europe/Berlin
systems:
  - id: shop
    title: Shop
    kind: mysql
    dsn: \${env:SHOP}
    base: select email, name, consent, consent_at from person
    attributes: { name: name }
    write:
      dsn: \${env:SHOP_WRITER}
      suppress: { table: person, key: email, column: consent, value: unsubscribed }
  - id: lists
    title: Mailing lists
    kind: mailman
    url: ${url}
    password: \${env:MAILMAN}
    write_password: \${env:MAILMAN}
    attributes: { name: display_name }
attributes:
  - name: name
    title: Name
    owners: [shop]
audiences:
  - id: do_not_contact
    title: Do not contact
    purpose: suppression
    owner: shop
    repair: manual
    segments:
      - system: shop
        sql: select email, 'unsubscribed' as consent, consent_at from person where consent = 'unsubscribed'
      - system: lists
        suppressed: true
  - id: active
    title: Active customers
    purpose: marketing
    owner: shop
    repair: manual
    required_attributes: [name]
    segments:
      - system: shop
        sql: select email, name, consent, consent_at from person where active
      - system: lists
        list: ${list}
people:
  - { name: Ana, role: editor }
  - { name: Ben, role: admin }
`;

describe.skipIf(mariadb === null || mailman === null)("a MariaDB of 500 people and a Mailman list", () => {
  const [real, lists] = [mariadb as RealMariadb, mailman as RealMailman];
  const clock = { ...testClock(new Date().toISOString()), now: () => new Date() };
  let world: World;
  let shop: RealDatabase;
  let news: Awaited<ReturnType<typeof makeList>>;

  beforeAll(async () => {
    shop = await real.database();
    await shop.sql(`create table person (email varchar(255) primary key, name varchar(99),
      consent varchar(40) not null default 'subscribed', consent_at datetime, active tinyint(1) not null default 1)`);
    const everybody = Array.from({ length: PEOPLE }, (_, i) => [email(i + 1), `Person ${i + 1}`]);
    await shop.sql("insert into person (email, name) values ?", [everybody]);
    news = await makeList(lists.call, "news", newDomain());
    const waiting = everybody.map(([address = "", name = ""]) => ({ address, name }));
    const some = async () => {
      for (let p = waiting.shift(); p !== undefined; p = waiting.shift())
        expect(await news.subscribe(p.address, { name: p.name, known: false })).toBe(201);
    };
    await Promise.all([some(), some(), some(), some()]);
    world = await makeWorldWith({ url: "", key: "" }, clock, {
      people: 0,
      yaml: () => YAML(news.address, lists.url),
      env: { SHOP: shop.readerDsn, SHOP_WRITER: shop.writerDsn, MAILMAN: lists.password },
    });
  });
  afterAll(async () => {
    await world.close();
    await shop.drop();
    await real.stop();
    await lists.stop();
  });

  const audit = () => world.services.audit.run("scheduled", new AbortController().signal);
  const draft = (
    audience: string,
    system: string,
    incident: Parameters<typeof world.services.repair.draft>[0]["incident"] = null,
  ) =>
    world.services.repair.draft({
      author: ANA,
      audience: audienceId(audience),
      incident,
      system: systemId(system),
    });
  /** Delivery of the membership, from Mailman itself; null: not on the list. */
  const delivery = async (address: string): Promise<unknown> => {
    const found = await lists.call("POST", "/members/find", [
      ["list_id", news.id],
      ["subscriber", address],
    ]);
    const [member] = (found.body.entries ?? []) as { member_id: string }[];
    if (member === undefined) return null;
    return (await lists.call("GET", `/members/${member.member_id}/all/preferences`)).body.delivery_status;
  };
  const setDelivery = async (address: string, status: string) => {
    const found = await lists.call("POST", "/members/find", [
      ["list_id", news.id],
      ["subscriber", address],
    ]);
    const [member] = (found.body.entries ?? []) as { member_id: string }[];
    const path = `/members/${member?.member_id}/preferences`;
    expect((await lists.call("PATCH", path, [["delivery_status", status]])).status).toBe(204);
  };
  const leave = (address: string) =>
    lists.call("DELETE", `/lists/${news.id}/roster/member`, [["emails", address]]);

  it("agrees at first, finds what is planted, repairs it, reads it back from Mailman, and is clean again", async () => {
    const first = await audit();
    expect(first.reads.map((r) => [r.system, r.audience, r.coverage])).toEqual(
      first.reads.map((r) => [r.system, r.audience, "complete"]),
    );
    expect(first.comparisons.find((c) => c.audience === "active")?.perSystem.lists).toMatchObject({
      size: PEOPLE,
      missing: 0,
      extra: 0,
      mailableOptedOut: 0,
      attributes: { name: { equal: PEOPLE } },
    });
    for (const a of world.app.config.audiences) {
      await putAudienceBase(world.app.db, {
        audience: a.id,
        acceptedAt: instant(clock.now()),
        acceptedBy: "test",
        runId: first.runId,
      });
    }

    const [out1, out2, lost, stray, lostAndOut] = [email(11), email(12), email(13), email(14), email(15)];
    const optOut = "update person set consent = 'unsubscribed', consent_at = utc_timestamp()";
    await shop.sql(`${optOut}, active = 0 where email in (?, ?)`, [out1, out2]);
    await leave(lost);
    await shop.sql("update person set active = 0 where email = ?", [stray]);
    // still in the audience, opted out, and gone from the list: must not come back
    await shop.sql(`${optOut} where email = ?`, [lostAndOut]);
    await leave(lostAndOut);

    await audit();
    const found = await audit(); // membership counts when it is seen twice
    const leak = found.open.find((i) => i.finding.check === "suppression_leak");
    expect(leak?.finding.people).toBe(2);

    const mail = await lists.mail();
    const suppress = await draft("do_not_contact", "lists", leak ?? null);
    expect(suppress.doc.changes.map((c) => c.op)).toEqual(["suppress", "suppress"]);
    await applyAs(world, suppress.id, ANA);
    await audit();
    const members = await draft("active", "lists");
    expect(members.doc.changes.map((c) => c.op).sort()).toEqual(["add", "remove", "remove", "remove"]);
    await applyAs(world, members.id, ANA);
    for (const plan of [suppress, members]) {
      const { counts, plan: row } = await world.services.repair.detail(plan.id, ANA);
      expect([row.state, counts.applied]).toEqual(["done", plan.doc.changes.length]);
    }

    // the truth, from Mailman itself
    expect(await delivery(out1)).toBeNull();
    expect(await delivery(out2)).toBeNull();
    expect(await delivery(stray)).toBeNull();
    expect(await delivery(lostAndOut)).toBeNull();
    expect(await delivery(lost)).toBe("unknown"); // on the list, and not mailed before they say so
    expect(await lists.mail()).toBe(mail);

    const after = await audit();
    expect(after.comparisons.find((c) => c.audience === "active")?.perSystem.lists).toMatchObject({
      extra: 0,
      mailableOptedOut: 0,
    });
    expect(
      after.comparisons.find((c) => c.audience === "do_not_contact")?.perSystem.lists?.mailableOptedOut,
    ).toBe(0);
    expect(
      after.open.filter((i) => i.finding.check === "suppression_leak" || i.finding.check === "disagreement"),
    ).toEqual([]);
  });

  it("takes a delivery that was switched off, and a ban, for opt-outs, and never lifts them", async () => {
    const [off, banned] = [email(21), email(22)];
    await setDelivery(off, "by_user");
    await leave(banned);
    await lists.call("POST", "/bans", [["email", banned]]);
    await audit();
    const seen = await audit();
    expect(seen.comparisons.find((c) => c.audience === "active")?.perSystem.lists).toMatchObject({
      missing: 1,
      extra: 0,
      mailableOptedOut: 0,
    });
    const members = await draft("active", "lists");
    expect(members.doc.changes).toEqual([]);
    expect(members.doc.leftOut.map((l) => l.reason)).toEqual(["opted out or suppressed somewhere"]);
    expect([await delivery(off), await delivery(banned)]).toEqual(["by_user", null]);
    expect((await lists.call("GET", `/bans/${banned}`)).status).toBe(200);
  });
});
