import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "vite";

export type Import = {
  readonly specifier: string;
  readonly line: number;
  /** Erased at run time: `import type`, `import("…").T`, or only `type` names. */
  readonly typeOnly: boolean;
  /** `import("…")`: loaded when it is come to. */
  readonly late: boolean;
};

/** One source file as the rules see it. `path` is relative to the repository, with slashes. */
export type Source = {
  readonly path: string;
  readonly imports: readonly Import[];
  /** Lines that read the real clock or real randomness. */
  readonly ambient: readonly { line: number; call: string }[];
};

type Node = { type: string; start: number } & Record<string, unknown>;
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

const literal = (node: unknown): string | null =>
  isNode(node) && node.type === "Literal" && typeof node.value === "string" ? node.value : null;

/** Everything a file imports, statically, dynamically, re-exported or as a type, and every ambient call. */
export function readSource(path: string, text: string): Source {
  const imports: Import[] = [];
  const ambient: { line: number; call: string }[] = [];
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length;
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (!isNode(node)) return;
    const specifier = literal(node.source);
    const late = node.type === "ImportExpression";
    if (specifier !== null)
      imports.push({ specifier, line: lineOf(node.start), typeOnly: isTypeOnly(node), late });
    else if (late) imports.push({ specifier: "(computed)", line: lineOf(node.start), typeOnly: false, late });
    const call = ambientCall(node);
    if (call) ambient.push({ line: lineOf(node.start), call });
    for (const child of Object.values(node)) if (typeof child === "object") visit(child);
  };
  visit(parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }).body);
  return { path, imports, ambient };
}

function isTypeOnly(node: Node): boolean {
  if (node.type === "TSImportType" || node.importKind === "type" || node.exportKind === "type") return true;
  const names = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  return names.length > 0 && names.every((name) => name.importKind === "type" || name.exportKind === "type");
}

function ambientCall(node: Node): string | null {
  const args = Array.isArray(node.arguments) ? node.arguments.length : 0;
  const callee = isNode(node.callee) ? node.callee : null;
  if (!callee) return null;
  if (callee.type === "Identifier" && callee.name === "Date") {
    return node.type === "CallExpression" || args === 0 ? "new Date()" : null;
  }
  if (
    node.type !== "CallExpression" ||
    callee.type !== "MemberExpression" ||
    !isNode(callee.object) ||
    !isNode(callee.property)
  )
    return null;
  const name = `${String(callee.object.name)}.${String(callee.property.name)}`;
  return name === "Date.now" || name === "Math.random" ? `${name}()` : null;
}

/** Another language in the same clothes; it imports nothing but itself. */
const ASSEMBLYSCRIPT = ["members/kernel/assembly/", "members/intake/assembly/"];

/** All TypeScript files of these top-level folders, tests included. */
export function sourcesIn(root: string, folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) => listed(join(root, folder)))
    .filter((file) => !ASSEMBLYSCRIPT.some((folder) => file.slice(root.length + 1).startsWith(folder)))
    .map((file) => readSource(file.slice(root.length + 1), readFileSync(file, "utf8")));
}

function listed(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}
