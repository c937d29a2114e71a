/** Puts a section into the results, in the place of the one with the same heading, else before all others. */
export function withSection(results: string, heading: string, body: string): string {
  const section = `## ${heading}\n\n${body}\n\n`;
  const start = results.indexOf(`## ${heading}\n`);
  if (start < 0) {
    const first = results.indexOf("## ");
    return first < 0 ? `${results}\n${section}` : results.slice(0, first) + section + results.slice(first);
  }
  const next = results.indexOf("\n## ", start);
  return results.slice(0, start) + (next < 0 ? `${section.trimEnd()}\n` : section + results.slice(next + 1));
}

/** Prose in lines of at most 120 characters, as the results have it. */
export const wrapped = (text: string): string => text.replace(/(.{1,120})(?: |$)/g, "$1\n").trimEnd();
