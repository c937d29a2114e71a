import { compile, isRegistered } from "@jmespath-community/jmespath";

/**
 * Why a JMESPath cannot be used: its syntax, or a function that does not exist; null when it can.
 *
 * @see https://jmespath.site/main/#specification (read 2026-11-26)
 * @example pathProblem("last(data)") // "there is no function last()"
 */
export function pathProblem(path: string): string | null {
  let tree: unknown;
  try {
    tree = compile(path);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    return cause.message;
  }
  const missing = functionsOf(tree).find((name) => !isRegistered(name));
  return missing === undefined ? null : `there is no function ${missing}()`;
}

function functionsOf(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(functionsOf);
  if (typeof node !== "object" || node === null) return [];
  const own =
    "type" in node && node.type === "Function" && "name" in node && typeof node.name === "string"
      ? [node.name]
      : [];
  return [...own, ...Object.values(node).flatMap(functionsOf)];
}
