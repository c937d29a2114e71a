import { AuditorError } from "../core/errors.ts";

/** Lines and columns count from 1. */
export type Place = { readonly line: number; readonly column: number };

/** One thing that is wrong in the configuration. Never contains a secret's value. */
export type ConfigProblem = Place & { readonly file: string; readonly problem: string; readonly fix: string };

/** `plumbline.yaml:12:5 unknown key “onwer” → did you mean “owner”?` */
export const formatProblem = (p: ConfigProblem): string =>
  `${p.file}:${p.line}:${p.column} ${p.problem} → ${p.fix}`;

/** All problems as the one error that other commands stop with. */
export function configError(problems: readonly ConfigProblem[]): AuditorError {
  const first = problems[0];
  const where = first ? `${first.file}:${first.line}:${first.column}` : "configuration";
  if (first && problems.length === 1) return new AuditorError("config", where, first.problem, first.fix);
  const lines = problems.map((p) => `  ${formatProblem(p)}`).join("\n");
  return new AuditorError(
    "config",
    where,
    `${problems.length} problems in the configuration\n${lines}\n`,
    "fix them all; `plumbline validate` checks again",
  );
}
