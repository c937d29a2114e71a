/** `fields` and `exclude_fields`: comma-separated paths with dots; a path names everything below it. */
export type Tree = Map<string, Tree>;

function treeOf(text: string | null): Tree | null {
  if (text === null || text === "") return null;
  const root: Tree = new Map();
  for (const path of text.split(",")) {
    let at = root;
    for (const part of path.trim().split(".")) {
      let next = at.get(part);
      if (next === undefined) {
        next = new Map();
        at.set(part, next);
      }
      at = next;
    }
  }
  return root;
}

export type Pick = { readonly include: Tree | null; readonly exclude: Tree | null };

export const pickOf = (query: URLSearchParams): Pick => ({
  include: treeOf(query.get("fields")),
  exclude: treeOf(query.get("exclude_fields")),
});

/** Which keys of a row under `collection` are wanted? null: all. */
export function wantedKeys(pick: Pick, collection: string): ReadonlySet<string> | null {
  const below = pick.include?.get(collection);
  if (pick.include === null || (below !== undefined && below.size === 0)) return null;
  return new Set(below?.keys() ?? []);
}

export function pruned(value: unknown, pick: Pick): unknown {
  const included = pick.include === null ? value : keep(value, pick.include);
  return pick.exclude === null ? included : drop(included, pick.exclude);
}

function keep(value: unknown, tree: Tree): unknown {
  if (tree.size === 0) return value;
  if (Array.isArray(value)) return value.map((v: unknown) => keep(v, tree));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => {
      const below = tree.get(k);
      return below === undefined ? [] : [[k, keep(v, below)]];
    }),
  );
}

function drop(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((v: unknown) => drop(v, tree));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => {
      const below = tree.get(k);
      if (below === undefined) return [[k, v]];
      return below.size === 0 ? [] : [[k, drop(v, below)]];
    }),
  );
}
