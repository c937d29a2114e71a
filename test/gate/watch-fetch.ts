import { afterAll, beforeAll, expect } from "vitest";
import { notRun } from "../setup/material.ts";
import { undeviated } from "./deviations.ts";
import { gateOf } from "./gate.ts";
import { type Exchange, judged, parsed } from "./traffic.ts";

/**
 * Tells of every request that this process makes with `fetch`, and its answer; `answer` is undefined where the body
 * broke off. Nothing is changed.
 *
 * @returns what ends the watching
 */
export function watchFetch(onExchange: (e: Exchange) => void): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const body = typeof init?.body === "string" ? parsed(Buffer.from(init.body)) : undefined;
    const response = await real(input, init);
    const whole = await response
      .clone()
      .arrayBuffer()
      .catch(() => null);
    onExchange({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(request.headers),
      body,
      status: response.status,
      answerHeaders: Object.fromEntries(response.headers),
      answer: whole === null ? undefined : parsed(Buffer.from(whole)),
    });
    return response;
  };
  return () => {
    globalThis.fetch = real;
  };
}

/**
 * For a test file of a connector: every request that it makes, whatever the simulator does to it, conforms to the
 * vendor's document, but for the known deviations.
 */
export function requestsConform(vendor: string): void {
  const gate = gateOf(vendor);
  const found = new Set<string>();
  let requests = 0;
  let stop = (): void => undefined;
  beforeAll(() => {
    if (gate === null) return notRun("connectors/specs");
    stop = watchFetch((e) => {
      requests++;
      for (const v of undeviated(vendor, gate.request(e))) found.add(`${v.operation} ${v.what}`);
    });
  });
  afterAll(() => {
    stop();
    if (gate === null) return;
    expect([...found].toSorted()).toEqual([]);
    expect(requests).toBeGreaterThan(10);
  });
}

/** Runs `work` with everything watched. @returns what the vendor's document says against both sides, and the operations seen */
export async function conformance(
  vendor: string,
  work: () => Promise<void>,
): Promise<{ violations: string[]; operations: string[] } | null> {
  const gate = gateOf(vendor);
  if (gate === null) return null;
  const violations = new Set<string>();
  const operations = new Set<string>();
  const stop = watchFetch((e) => {
    const path = e.path.replace(/\/(?=[^/]*[\d@A-Z])[^/]{5,}/g, "/{id}");
    operations.add(`${e.method} ${path}`);
    for (const v of judged(gate, vendor, e)) violations.add(v);
  });
  try {
    await work();
  } finally {
    stop();
  }
  return { violations: [...violations].toSorted(), operations: [...operations].toSorted() };
}
