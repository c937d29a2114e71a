/** The path for people: no query (it can hold an address), no record ids. */
export const safePath = (url: URL): string =>
  url.pathname.replace(/[0-9a-f]{24,}/gi, ":id").replace(/[^/]*(@|%40)[^/]*/gi, ":id");
