/** What tests look at in answers; absent where an answer has no such thing. */
type Row = {
  id: string;
  recordId: string;
  properties: Record<string, string | null>;
  propertiesWithHistory: Record<string, { value: string; sourceType: string; sourceLabel?: string }[]>;
  archived: boolean;
  new: boolean;
  status: string;
  subscriptionId: number;
  setStatusSuccessReason: string;
};
type List = { listId: string; size: number; processingStatus: string; listVersion: number; name: string };
type Body = {
  results: Row[];
  total: number;
  paging?: { next: { after: string } };
  message: string;
  category: string;
  subCategory: string;
  policyName?: string;
  numErrors: number;
  errors: { context: { ids: string[]; requiredScopes: string[] }; category: string }[];
  list: List;
  lists: List[];
  recordsIdsAdded: string[];
  recordIdsRemoved: string[];
  recordIdsMissing: string[];
  scopes: string[];
} & Row;
export type Reply = { status: number; headers: Headers; body: Body };
export type Call = (method: string, path: string, body?: unknown, token?: string) => Promise<Reply>;

/** The least client of a HubSpot: answers as they come, whatever the status. */
export async function hubspotCall(
  sim: { readonly url: string; readonly token: string },
  method: string,
  path: string,
  body?: unknown,
  token: string = sim.token,
): Promise<Reply> {
  const reply = await fetch(`${sim.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(3_000),
  });
  const text = await reply.text();
  return {
    status: reply.status,
    headers: reply.headers,
    body: text === "" ? ({} as Body) : JSON.parse(text),
  };
}
