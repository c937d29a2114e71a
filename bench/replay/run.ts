import { judge, type Vendor, type Verdict } from "./judge.ts";
import { recordingsIn } from "./recording.ts";

const number = (n: number): string => n.toLocaleString("en-US");

/**
 * Feeds every recorded answer of a folder to our parsers. Says what was not accepted, each kind once with its count and
 * first place, and last the counts.
 *
 * @returns how many were not accepted
 * @throws AuditorError not_found when there is nothing to read
 */
export async function replay(
  folder: string,
  vendors: readonly Vendor[],
  say: (line: string) => void,
): Promise<number> {
  const counts = { parsed: 0, error: 0, unused: 0, other_vendor: 0, not_accepted: 0 };
  const refused = new Map<string, { place: string; times: number }>();
  const note = (what: string, place: string): void => {
    const before = refused.get(what);
    refused.set(what, { place: before?.place ?? place, times: (before?.times ?? 0) + 1 });
  };
  for await (const { file, line, recording } of recordingsIn(folder)) {
    const place = `${file}:${line}`;
    if (recording === null) {
      counts.not_accepted++;
      note("not a recorded exchange (method, host, path, status, response)", place);
      continue;
    }
    const verdict = judge(recording, vendors);
    counts[verdict.is]++;
    if (verdict.is === "not_accepted") note(sentence(verdict, verdict.because), place);
  }
  for (const [what, { place, times }] of refused) say(`not accepted: ${what} (${times} ×, first ${place})`);
  const accepted = counts.parsed + counts.error + counts.unused;
  const all = accepted + counts.not_accepted + counts.other_vendor;
  say(
    `${number(all)} answers: ${number(accepted)} accepted (${number(counts.parsed)} parsed, ${number(counts.error)} errors, ${number(counts.unused)} unused), ${number(counts.not_accepted)} not accepted, ${number(counts.other_vendor)} of other vendors`,
  );
  return counts.not_accepted;
}

const sentence = (v: Verdict, because: string): string =>
  `${v.vendor} ${v.method} ${v.path} ${v.status}: ${because}`;
