import { createHmac, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { SecretRef } from "../../core/config.ts";
import type { RestAuth } from "../../core/rest-config.ts";
import { credentialOf, type TokenRequest } from "./credential.ts";
import { signedToken } from "./jwt.ts";

const ref = (s: string): SecretRef => s as SecretRef;
const secret = (r: SecretRef): string => `secret of ${r}`;
const to = { header: "authorization", prefix: "Bearer " };
const never = async (): Promise<unknown> => {
  throw new Error("asked for a token");
};
const headersOf = (auth: RestAuth, s = secret) => credentialOf("shop", auth, s).headers(0, never);
const part = (token: string, n: number): unknown =>
  JSON.parse(Buffer.from(token.split(".")[n] ?? "", "base64url").toString("utf8"));

describe("fixed credentials", () => {
  it("sends nothing, a header, or Basic", async () => {
    expect(await headersOf({ kind: "none" })).toEqual({});
    expect(await headersOf({ kind: "header", header: "x-key", prefix: "Token ", value: ref("K") })).toEqual({
      "x-key": "Token secret of K",
    });
    const basic = await headersOf({ kind: "basic", user: { plain: "bot" }, password: ref("P") });
    expect(basic.authorization).toBe(`Basic ${Buffer.from("bot:secret of P").toString("base64")}`);
    const alone = await headersOf({ kind: "basic", user: { secret: ref("U") }, password: null });
    expect(alone.authorization).toBe(`Basic ${Buffer.from("secret of U:").toString("base64")}`);
  });
  it("refuses a key that would break the header, without quoting it", () => {
    const broken = () =>
      credentialOf(
        "shop",
        { kind: "header", header: "x", prefix: "", value: ref("K") },
        () => "a\r\nHost: evil",
      );
    expect(broken).toThrow(/no header can carry/);
    expect(broken).not.toThrow(/evil/);
  });
});

describe("tokens", () => {
  const oauth: RestAuth = {
    kind: "oauth2",
    tokenUrl: "/token",
    clientId: { plain: "a b" },
    clientSecret: ref("S"),
    sendClient: "basic",
    fields: { scope: "read" },
    ...to,
  };
  const server = (answers: readonly unknown[]) => {
    const asked: TokenRequest[] = [];
    return { asked, ask: async (r: TokenRequest) => answers[asked.push(r) - 1] };
  };

  it("keeps an OAuth2 token until a minute before its end, and asks once for all that wait", async () => {
    const s = server([
      { access_token: "t1", expires_in: 600 },
      { access_token: "t2", expires_in: "600" },
    ]);
    const c = credentialOf("shop", oauth, secret);
    const both = await Promise.all([c.headers(0, s.ask), c.headers(0, s.ask)]);
    expect(both).toEqual([{ authorization: "Bearer t1" }, { authorization: "Bearer t1" }]);
    expect(await c.headers(539_000, s.ask)).toEqual({ authorization: "Bearer t1" });
    expect(await c.headers(540_000, s.ask)).toEqual({ authorization: "Bearer t2" });
    expect(s.asked).toHaveLength(2);
    expect(s.asked[0]).toMatchObject({
      url: "/token",
      body: { form: { grant_type: "client_credentials", scope: "read" } },
    });
    expect(Buffer.from(s.asked[0]?.headers.authorization?.slice(6) ?? "", "base64").toString()).toBe(
      "a%20b:secret%20of%20S",
    );
  });
  it("sends the client in the form where the vendor wants that", async () => {
    const s = server([{ access_token: "t" }]);
    await credentialOf("shop", { ...oauth, sendClient: "body" }, secret).headers(0, s.ask);
    expect(s.asked[0]).toMatchObject({
      headers: {},
      body: { form: { client_id: "a b", client_secret: "secret of S" } },
    });
  });
  it("asks anew after a refusal, and after a failed try", async () => {
    const s = server([{ access_token: "t1" }, { access_token: "t2" }]);
    const c = credentialOf("shop", oauth, secret);
    expect(c.refused()).toBe(false);
    await c.headers(0, s.ask);
    expect(c.refused()).toBe(true);
    expect(await c.headers(0, s.ask)).toEqual({ authorization: "Bearer t2" });
    const other = credentialOf("shop", oauth, secret);
    await expect(other.headers(0, never)).rejects.toThrow("asked for a token");
    expect(await other.headers(0, server([{ access_token: "t3" }]).ask)).toEqual({
      authorization: "Bearer t3",
    });
  });
  it("logs in with the body of the YAML", async () => {
    const login: RestAuth = {
      kind: "login",
      path: "/session",
      body: { u: "{{user}}", p: "{{password}}" },
      user: { plain: "bot" },
      password: ref("P"),
      token: "data.token",
      expiresIn: "data.ttl",
      lastsMinutes: 30,
      header: "x-session",
      prefix: "",
    };
    const s = server([{ data: { token: "t1", ttl: 10 } }, { data: { token: "t2" } }, {}]);
    const c = credentialOf("shop", login, () => 'p"}{{user}}');
    expect(await c.headers(0, s.ask)).toEqual({ "x-session": "t1" });
    expect(s.asked[0]).toMatchObject({ url: "/session", body: { json: { u: "bot", p: 'p"}{{user}}' } } });
    expect(await c.headers(4_000, s.ask)).toEqual({ "x-session": "t1" });
    expect(await c.headers(5_000, s.ask)).toEqual({ "x-session": "t2" });
    c.refused();
    await expect(c.headers(5_000, s.ask)).rejects.toThrow(/no token at data\.token/);
  });
});

describe("signed tokens", () => {
  const jwt = (more: object = {}) =>
    ({
      kind: "jwt",
      algorithm: "HS256",
      key: ref("K"),
      encoding: "utf8",
      keyId: "k1",
      claims: { aud: "/x/", iss: "us" },
      lastsMinutes: 5,
      ...to,
      ...more,
    }) as Extract<RestAuth, { kind: "jwt" }>;
  it("HS256 with the key as text, hex or base64", () => {
    for (const [encoding, key, bytes] of [
      ["utf8", "abc", Buffer.from("abc")],
      ["hex", "616263", Buffer.from("abc")],
      ["base64", "YWJj", Buffer.from("abc")],
    ] as const) {
      const token = signedToken("shop", jwt({ encoding }), key, 1_000_000);
      expect(part(token, 0)).toEqual({ alg: "HS256", typ: "JWT", kid: "k1" });
      expect(part(token, 1)).toEqual({ aud: "/x/", iss: "us", iat: 1000, exp: 1300 });
      const [head, body, signature] = token.split(".");
      expect(signature).toBe(createHmac("sha256", bytes).update(`${head}.${body}`).digest("base64url"));
    }
  });
  it("RS256 with a PEM key", () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const [head, body, signature] = signedToken(
      "shop",
      jwt({ algorithm: "RS256", keyId: null }),
      pem,
      0,
    ).split(".");
    expect(
      verify("sha256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature ?? "", "base64url")),
    ).toBe(true);
  });
  it.each([
    ["hex", "xyz"],
    ["hex", "abc"],
    ["base64", "***"],
    ["utf8", "  "],
  ])("refuses a key that is not %s at once, without quoting it", (encoding, key) => {
    expect(() => credentialOf("shop", jwt({ encoding }), () => key)).toThrow(/the key is not written as/);
  });
  it("refuses what is no RSA key", () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString();
    for (const key of ["nonsense", ec])
      expect(() => credentialOf("shop", jwt({ algorithm: "RS256" }), () => key)).toThrow(
        /no RSA private key/,
      );
  });
});
