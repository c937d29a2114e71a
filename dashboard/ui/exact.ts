/** Tabs and chips are current only when the whole search is theirs; the router would take a part of it for enough. */
export const EXACT = { exact: true, includeSearch: true } as const;
