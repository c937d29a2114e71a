import type { FastifyError } from "fastify";

type Problem = NonNullable<FastifyError["validation"]>[number];

const WHERE: Readonly<Record<string, string>> = { querystring: "query", params: "path", headers: "header" };

/**
 * What is wrong with a request, field by field; never the value itself, which may be personal data.
 *
 * @example "query: state must be one of open, all, resolved"
 */
export function validationMessage(error: FastifyError): string {
  if (error.validation === undefined) return error.message;
  const fields = new Map<string, Problem[]>();
  for (const problem of error.validation) {
    const field = problem.instancePath.slice(1).replaceAll("/", ".");
    fields.set(field, [...(fields.get(field) ?? []), problem]);
  }
  const context = error.validationContext ?? "body";
  const wrong = [...fields].map(([field, problems]) => `${field} ${demand(problems)}`.trim());
  return `${WHERE[context] ?? context}: ${wrong.join("; ")}`;
}

/** A union of constants fails once for each of them and once as a whole. */
function demand(problems: readonly Problem[]): string {
  const allowed = problems.flatMap(({ keyword, params }) =>
    keyword === "const" ? [String(params.allowedValue)] : [],
  );
  const others = problems.flatMap(({ keyword, message }) =>
    keyword === "const" || keyword === "anyOf" ? [] : [message ?? `breaks the rule ${keyword}`],
  );
  const one = allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of ${allowed.join(", ")}`;
  const demands = new Set([...(allowed.length === 0 ? [] : [one]), ...others]);
  return [...demands].join(" or ") || "has not the right form";
}
