import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import type { Place } from "./problem.ts";

export type Path = readonly (string | number)[];
export type Found = Place & { readonly problem: string; readonly fix: string };

/** Parsed YAML that knows where everything stands. */
export type SourceDocument = {
  readonly value: unknown;
  /** Position of the value at `path`; of its nearest parent when it does not exist. */
  placeOf(path: Path): Place;
  /** Position of the key `path` ends with, for unknown keys. */
  placeOfKey(path: Path): Place;
};

const MAX_DEPTH = 30;
const MAX_ALIASES = 100;
const MAX_INDENT = 200;
const MAX_BRACKETS = 200;
const MAX_NODES = 200_000;
const RESERVED = new Set(["__proto__", "constructor", "prototype"]);
// Control characters except tab and line breaks, and the marks that make text read in another order.
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

const ADVICE: Readonly<Record<string, [problem: string, fix: string]>> = {
  TAB_AS_INDENT: ["a tab is used for indentation", "indent with spaces"],
  DUPLICATE_KEY: ["the same key stands twice in one block", "keep one of the two"],
  MULTIPLE_DOCS: ["the file holds more than one YAML document", "keep one and remove the --- line"],
  TAG_RESOLVE_FAILED: ["YAML tags (!…) are not supported", "remove the tag"],
  MISSING_CHAR: ["a closing quote or bracket is missing", "close what was opened before this place"],
  BAD_INDENT: [
    "the indentation does not fit the lines above",
    "align it with the other entries of its block",
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    "a nested entry stands on the line of its key",
    "put it on a line of its own, indented",
  ],
  IMPOSSIBLE: ["this is not YAML", "check the line"],
};

const DEEP = { problem: "the file is nested too deeply", fix: `use at most ${MAX_DEPTH} levels` };

/**
 * Finds nesting that the recursive parser must not see: near the end of the stack V8 cannot even compile a regular
 * expression and ends the process. Counts generously, since brackets in texts count too.
 */
function tooDeep(text: string): Place | null {
  let brackets = 0;
  for (const [i, line] of text.split("\n").entries()) {
    const compact = /^[\s?-]*/.exec(line)?.[0] ?? "";
    if (compact.length > MAX_INDENT) return { line: i + 1, column: MAX_INDENT };
    for (let column = 0; column < line.length; column++) {
      const c = line[column];
      if (c === "[" || c === "{") brackets += 1;
      else if ((c === "]" || c === "}") && brackets > 0) brackets -= 1;
      if (brackets > MAX_BRACKETS) return { line: i + 1, column: column + 1 };
    }
  }
  return null;
}

const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? message).replace(/ at line \d+.*$/, "");

/** Text → values with positions, or everything that is wrong with it as YAML. Never throws. */
export function readDocument(text: string): { document: SourceDocument } | { problems: readonly Found[] } {
  const deep = tooDeep(text);
  if (deep) return { problems: [{ ...deep, ...DEEP }] };
  const lines = new LineCounter();
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    version: "1.2",
    merge: false,
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Found[] = [];
  for (const issue of [...doc.errors, ...doc.warnings]) {
    const code = issue.message.includes("end with a") ? "MISSING_CHAR" : issue.code;
    const [problem, fix] = ADVICE[code] ?? [
      `not valid YAML: ${firstLine(issue.message)}`,
      "correct the syntax here",
    ];
    problems.push({ ...at(issue.pos[0]), problem, fix });
  }
  if (problems.length > 0) return { problems };
  if (doc.contents === null) {
    return {
      problems: [{ line: 1, column: 1, problem: "the file is empty", fix: "start with `plumbline init`" }],
    };
  }
  problems.push(...hostile(doc, at));
  if (problems.length > 0) return { problems };
  return { document: { value: doc.toJS({ maxAliasCount: MAX_ALIASES }), ...places(doc, at) } };
}

/** What a configuration never needs: huge alias trees, deep nesting, keys that reach into prototypes, invisible text. */
function hostile(doc: Document.Parsed, at: (offset: number) => Place): readonly Found[] {
  const found: Found[] = [];
  const stop = (offset: number, problem: string, fix: string) => found.push({ ...at(offset), problem, fix });
  const todo: { node: unknown; depth: number }[] = [{ node: doc.contents, depth: 0 }];
  let seen = 0;
  let aliases = 0;
  while (todo.length > 0) {
    const { node, depth } = todo.pop() ?? { node: null, depth: 0 };
    if (!isNode(node)) continue;
    const offset = node.range?.[0] ?? 0;
    if (++seen > MAX_NODES) {
      stop(offset, `more than ${MAX_NODES} values, aliases written out`, "make the file smaller");
      return found;
    }
    if (depth > MAX_DEPTH) {
      stop(offset, DEEP.problem, DEEP.fix);
      return found;
    }
    if (isAlias(node)) {
      if (++aliases > MAX_ALIASES) {
        stop(offset, `more than ${MAX_ALIASES} aliases, written out`, "write the values out or use fewer");
        return found;
      }
      const target = node.resolve(doc);
      if (target) todo.push({ node: target, depth: depth + 1 });
      else
        stop(
          offset,
          `the alias *${node.source} has no anchor above it`,
          `write &${node.source} before the value it stands for`,
        );
    } else if (isMap(node)) {
      for (const pair of node.items) {
        const key = isScalar(pair.key) ? pair.key.value : undefined;
        const place = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
        if (typeof key !== "string") stop(place, "a key is not text", "put the key in quotes");
        else if (RESERVED.has(key)) stop(place, `the key ${key} is not allowed`, "choose another name");
        else if (INVISIBLE.test(key)) stop(place, "a key holds an invisible character", "type it anew");
        todo.push({ node: pair.value, depth: depth + 1 });
      }
    } else if (isSeq(node)) {
      for (const item of node.items) todo.push({ node: item, depth: depth + 1 });
    } else if (isScalar(node) && typeof node.value === "string" && INVISIBLE.test(node.value)) {
      stop(offset, "the text holds an invisible or control character", "type it anew");
    }
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

function places(
  doc: Document.Parsed,
  at: (offset: number) => Place,
): Pick<SourceDocument, "placeOf" | "placeOfKey"> {
  const open = (node: unknown): Node | null =>
    isAlias(node) ? (node.resolve(doc) ?? null) : isNode(node) ? node : null;
  const walk = (path: Path): { value: number; key: number } => {
    let node = open(doc.contents);
    let value = node?.range?.[0] ?? 0;
    let key = value;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && item.key.value === String(step));
        if (!pair) break;
        key = isNode(pair.key) ? (pair.key.range?.[0] ?? value) : value;
        value = isNode(pair.value) ? (pair.value.range?.[0] ?? key) : key;
        node = open(pair.value);
      } else if (isSeq(node)) {
        const item = node.items[Number(step)];
        if (!isNode(item)) break;
        value = item.range?.[0] ?? value;
        key = value;
        node = open(item);
      } else break;
    }
    return { value, key };
  };
  return { placeOf: (path) => at(walk(path).value), placeOfKey: (path) => at(walk(path).key) };
}
