import type { Account } from "./account.ts";
import type { SimContact } from "./model.ts";

type Tree = Readonly<Record<string, unknown>>;

/**
 * Does a contact match a list's definition? Understands OR and AND branches, filters on properties (the string,
 * multi-string, enumeration, boolean and "is known" operations) and on membership of another list. Anything else
 * matches nobody.
 * @throws Error on a branch of another kind
 */
export function branchMatches(branch: Tree, contact: SimContact, account: Account): boolean {
  const branches = asTrees(branch.filterBranches).map((b) => () => branchMatches(b, contact, account));
  const filters = asTrees(branch.filters).map((f) => () => filterMatches(f, contact, account));
  const parts = [...branches, ...filters];
  switch (branch.filterBranchType) {
    case "AND":
      return parts.every((p) => p());
    case "OR":
      return parts.some((p) => p());
    default:
      throw new Error(
        `the simulator does not know filter branches of type ${String(branch.filterBranchType)}`,
      );
  }
}

function filterMatches(filter: Tree, contact: SimContact, account: Account): boolean {
  if (filter.filterType === "IN_LIST") {
    const on = account.lists.has(String(filter.listId), contact.id);
    return filter.operator === "NOT_IN_LIST" ? !on : on;
  }
  if (filter.filterType !== "PROPERTY") return false;
  const operation = isTree(filter.operation) ? filter.operation : {};
  const value = account.value(contact, String(filter.property));
  if (operation.operator === "IS_KNOWN") return value !== null;
  if (operation.operator === "IS_UNKNOWN") return value === null;
  if (value === null) return operation.includeObjectsWithNoValueSet === true;
  const wanted = (Array.isArray(operation.values) ? operation.values : [operation.value]).map((v) =>
    String(v).toLowerCase(),
  );
  const have = value.toLowerCase();
  switch (operation.operator) {
    case "IS_EQUAL_TO":
    case "IS_ANY_OF":
    case "IS":
      return wanted.includes(have);
    case "IS_NOT_EQUAL_TO":
    case "IS_NONE_OF":
    case "IS_NOT":
      return !wanted.includes(have);
    case "CONTAINS":
      return wanted.some((w) => have.includes(w));
    case "DOES_NOT_CONTAIN":
      return !wanted.some((w) => have.includes(w));
    case "STARTS_WITH":
      return wanted.some((w) => have.startsWith(w));
    case "ENDS_WITH":
      return wanted.some((w) => have.endsWith(w));
    default:
      return false;
  }
}

/** The definition must have OR at its root, with AND branches below it. */
export function branchProblem(branch: unknown): string | null {
  if (!isTree(branch)) return "Some required fields were not set: [filterBranch]";
  if (branch.filterBranchType !== "OR") return "The root filter branch must be of type OR.";
  const wrong = asTrees(branch.filterBranches).find((b) => b.filterBranchType !== "AND");
  return wrong === undefined ? null : "Filter branches of the root must be of type AND.";
}

const isTree = (v: unknown): v is Tree => typeof v === "object" && v !== null && !Array.isArray(v);
const asTrees = (v: unknown): readonly Tree[] => (Array.isArray(v) ? v.filter(isTree) : []);
