import { type MemberSet, openSet } from "./member-set.ts";

/**
 * Opens a set and proves every partition of it, for whoever must not find it damaged half-way. Reads all of the file:
 * less than a tenth of a processor second for 10 million people.
 *
 * @throws AuditorError not_found, or bad_data
 */
export async function openProven(path: string, magic?: number): Promise<MemberSet> {
  const set = await openSet(path, magic);
  try {
    let most = 0;
    for (let p = 0; p < set.partitions; p++) most = Math.max(most, set.bodyBytes(p));
    const bytes = new Uint8Array(most);
    for (let p = 0; p < set.partitions; p++) await set.bodyInto(p, bytes);
    return set;
  } catch (e) {
    await set.close();
    throw e;
  }
}
