/** The value after `--name` on the command line. */
export function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** `--port N` and `--journal FILE`, which every simulator has; port 0, unless told, is any free one. */
export function commonOptions(): { readonly port: number; readonly journalFile?: string } {
  const journalFile = option("journal");
  return { port: Number(option("port") ?? "0"), ...(journalFile ? { journalFile } : {}) };
}

/** Tells in one line of JSON where the simulator is and how to get in, and ends it when the process is told to end. */
export function runUntilTold(sim: { close(): Promise<void> }, told: Readonly<Record<string, string>>): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => sim.close().then(() => process.exit(0)));
}
