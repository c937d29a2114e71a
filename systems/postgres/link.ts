import type pg from "pg";

/** Bytes that the link is measured with. */
export const PROBE_BYTES = 1 << 20;

/**
 * How fast answers of this server arrive, the way there and back included.
 *
 * @param elapsed milliseconds from any start
 */
export async function bytesPerSecond(client: pg.Client, elapsed: () => number): Promise<number> {
  const start = elapsed();
  await client.query("select repeat('x', $1::int)", [PROBE_BYTES]);
  return PROBE_BYTES / (Math.max(0.1, elapsed() - start) / 1000);
}

/** Normal forms and cases of letters are those of UTF-8; in another encoding the server reads other texts. */
export async function keepsUtf8(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ server_encoding: string }>("show server_encoding");
  return rows[0]?.server_encoding === "UTF8";
}
