import { type Crowd, crowdIndexOfId, crowdJoined, crowdProfile } from "./crowd.ts";
import type { SimProfile } from "./model.ts";
import { time } from "./resource.ts";

const MARK = /~(id|email|ext|first|last|plan|at)~/;

/**
 * Rows of the crowd as JSON, filled into one row that was serialised before: a page of a hundred costs a fraction of
 * making and serialising a hundred objects. `serialise` makes the JSON of a profile as this request wants it.
 *
 * @returns JSON by the record's id; null: not of the crowd
 */
export function crowdText(
  crowd: Crowd,
  serialise: (p: SimProfile, joinedAt: number) => string,
): (id: string) => string | null {
  const sample: SimProfile = {
    ...crowdProfile(crowd, 0),
    id: "~id~",
    email: "~email~",
    externalId: "~ext~",
    names: { first_name: "~first~", last_name: "~last~" },
    properties: { plan: "~plan~" },
  };
  const parts = serialise(sample, crowdJoined(crowd, 0))
    .replaceAll(time(crowdJoined(crowd, 0)), "~at~")
    .split(MARK);
  return (id) => {
    const i = crowdIndexOfId(crowd, id);
    if (i === null) return null;
    const p = crowdProfile(crowd, i);
    const values: Readonly<Record<string, string>> = {
      id,
      email: p.email ?? "",
      ext: p.externalId ?? "",
      first: p.names.first_name ?? "",
      last: p.names.last_name ?? "",
      plan: String(p.properties.plan),
      at: time(p.createdAt),
    };
    let text = "";
    for (let n = 0; n < parts.length; n++) {
      const part = parts[n] ?? "";
      text += n % 2 === 0 ? part : (values[part] ?? "");
    }
    return text;
  };
}
