import type { PlainOrSecret, RestAuth, RestPaging } from "../core/rest-config.ts";
import type { RestAuthEntry, RestPagingEntry } from "./schema-rest-parts.ts";
import { secretOrNull, secretRef } from "./secret-ref.ts";

const plainOrSecret = (text: string): PlainOrSecret =>
  /^\$\{(env|file):[^}\n]+\}$/.test(text) ? { secret: secretRef(text) } : { plain: text };

export function buildAuth(a: RestAuthEntry): RestAuth {
  const to = (t: { readonly header?: string; readonly prefix?: string }) => ({
    header: (t.header ?? "authorization").toLowerCase(),
    prefix: t.prefix ?? "Bearer ",
  });
  switch (a.kind) {
    case "none":
      return { kind: "none" };
    case "bearer":
      return { kind: "header", header: "authorization", prefix: "Bearer ", value: secretRef(a.token) };
    case "header":
      return {
        kind: "header",
        header: a.header.toLowerCase(),
        prefix: a.prefix ?? "",
        value: secretRef(a.value),
      };
    case "basic":
      return { kind: "basic", user: plainOrSecret(a.user), password: secretOrNull(a.password) };
    case "oauth2":
      return {
        kind: "oauth2",
        tokenUrl: a.token_url,
        clientId: plainOrSecret(a.client_id),
        clientSecret: secretRef(a.client_secret),
        sendClient: a.send_client ?? "basic",
        fields: { ...a.fields, ...(a.scope === undefined ? {} : { scope: a.scope }) },
        ...to(a),
      };
    case "login":
      return {
        kind: "login",
        path: a.post,
        body: a.body,
        user: plainOrSecret(a.user),
        password: secretRef(a.password),
        token: a.token,
        expiresIn: a.expires_in ?? null,
        lastsMinutes: a.lasts_minutes ?? 30,
        ...to(a),
      };
    case "jwt":
      return {
        kind: "jwt",
        algorithm: a.algorithm,
        key: secretRef(a.key),
        encoding: a.key_encoding ?? "utf8",
        keyId: a.key_id ?? null,
        claims: a.claims ?? {},
        lastsMinutes: a.lasts_minutes ?? 5,
        ...to(a),
      };
  }
}

export function buildPaging(p: RestPagingEntry): RestPaging {
  const common = {
    size: p.size ?? null,
    total: p.total ?? null,
    totalHeader: p.total_header?.toLowerCase() ?? null,
  };
  switch (p.kind) {
    case "none":
    case "link_header":
      return { kind: p.kind, ...common };
    case "cursor":
      return {
        kind: "cursor",
        cursor:
          p.cursor_header === undefined
            ? { path: p.cursor ?? "cursor" }
            : { header: p.cursor_header.toLowerCase() },
        send: p.send,
        more: p.more ?? null,
        absentMeansEnd: p.absent_means_end ?? false,
        ...common,
      };
    case "next_url":
      return { kind: "next_url", next: p.next, absentMeansEnd: p.absent_means_end ?? false, ...common };
    case "offset":
      return { kind: "offset", send: p.send, overlap: p.overlap ?? true, ...common, size: p.size };
    case "page":
      return {
        kind: "page",
        send: p.send,
        first: p.first ?? 1,
        totalPages: p.total_pages ?? null,
        ...common,
      };
  }
}
