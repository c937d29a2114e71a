import type { SecretRef } from "../../core/config.ts";
import { AuditorError } from "../../core/errors.ts";
import type { PlainOrSecret, RestAuth } from "../../core/rest-config.ts";
import { signedToken } from "./jwt.ts";
import { asCount, asText, pathOf } from "./path.ts";
import { fillCall } from "./template.ts";

export type Headers = Readonly<Record<string, string>>;

/** A request for a token; `url` is a path below the base address, or a whole address. */
export type TokenRequest = {
  readonly url: string;
  readonly headers: Headers;
  readonly body: { readonly form: Headers } | { readonly json: unknown };
};
export type AskForToken = (request: TokenRequest) => Promise<unknown>;

/** Proves to the vendor who we are. Tokens are kept in memory only. */
export type Credential = {
  /** Headers for a request at this time (the server's, milliseconds). Fetches a token when there is none or it is old. */
  headers(nowMs: number, ask: AskForToken): Promise<Headers>;
  /** The vendor refused it (401): forgets a fetched token. True when another try with a new one makes sense. */
  refused(): boolean;
};

type Token = { readonly token: string; readonly untilMs: number };
const NO_ENDING_MINUTES = 30;

/** @throws AuditorError config when a secret is missing or unusable, or a path is no JMESPath */
export function credentialOf(where: string, auth: RestAuth, secret: (ref: SecretRef) => string): Credential {
  const fixed = (headers: Headers): Credential => ({ headers: async () => headers, refused: () => false });
  const plain = (v: PlainOrSecret) => ("plain" in v ? v.plain : secret(v.secret));
  switch (auth.kind) {
    case "none":
      return fixed({});
    case "header":
      return fixed({ [auth.header]: headerValue(where, auth.prefix + secret(auth.value)) });
    case "basic":
      return fixed({
        authorization: basic(plain(auth.user), auth.password === null ? "" : secret(auth.password)),
      });
    case "jwt": {
      const key = secret(auth.key);
      signedToken(where, auth, key, 0); // an unusable key is an error now, not at the first request
      return {
        headers: async (nowMs) => ({ [auth.header]: auth.prefix + signedToken(where, auth, key, nowMs) }),
        refused: () => false,
      };
    }
    case "oauth2": {
      const [id, clientSecret] = [plain(auth.clientId), secret(auth.clientSecret)];
      const inBody = auth.sendClient === "body";
      return fetched(where, auth, async (ask, nowMs) => {
        const answer = await ask({
          url: auth.tokenUrl,
          headers: inBody
            ? {}
            : { authorization: basic(encodeURIComponent(id), encodeURIComponent(clientSecret)) },
          body: {
            form: {
              grant_type: "client_credentials",
              ...auth.fields,
              ...(inBody ? { client_id: id, client_secret: clientSecret } : {}),
            },
          },
        });
        return tokenIn(where, answer, "access_token", "expires_in", NO_ENDING_MINUTES, nowMs);
      });
    }
    case "login": {
      const values = { user: plain(auth.user), password: secret(auth.password) };
      return fetched(where, auth, async (ask, nowMs) => {
        const call = fillCall(
          where,
          { verb: "POST", path: auth.path, query: {}, body: auth.body },
          { values },
        );
        const answer = await ask({ url: call.path, headers: {}, body: { json: call.body } });
        return tokenIn(where, answer, auth.token, auth.expiresIn, auth.lastsMinutes, nowMs);
      });
    }
  }
}

function fetched(
  where: string,
  to: { readonly header: string; readonly prefix: string },
  get: (ask: AskForToken, nowMs: number) => Promise<Token>,
): Credential {
  let kept: Token | null = null;
  let asking: Promise<Token> | null = null;
  return {
    async headers(nowMs, ask) {
      if (kept === null || nowMs >= kept.untilMs) {
        // one question for all that wait: a second token often ends the first
        asking ??= get(ask, nowMs).finally(() => {
          asking = null;
        });
        kept = await asking;
      }
      return { [to.header]: headerValue(where, to.prefix + kept.token) };
    },
    refused() {
      const had = kept !== null;
      kept = null;
      return had;
    },
  };
}

/** A token is used until a minute before its end, or until half of a life shorter than two minutes. */
function tokenIn(
  where: string,
  answer: unknown,
  tokenPath: string,
  secondsPath: string | null,
  minutes: number,
  nowMs: number,
): Token {
  const token = pathOf(where, tokenPath).at(answer);
  if (typeof token !== "string" || token === "")
    throw new AuditorError(
      "bad_data",
      where,
      `the answer to the sign-in has no token at ${tokenPath}`,
      "correct `auth`",
    );
  const seconds =
    secondsPath === null ? null : asCount(Number(asText(pathOf(where, secondsPath).at(answer)) ?? "-"));
  const lifeMs = (seconds ?? minutes * 60) * 1000;
  return { token, untilMs: nowMs + Math.max(lifeMs - 60_000, lifeMs / 2) };
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;

function headerValue(where: string, value: string): string {
  if (!/^[\x20-\x7e]+$/.test(value))
    throw new AuditorError(
      "config",
      where,
      "the credential holds characters that no header can carry (a line break?)",
      "write it again without them",
    );
  return value;
}
