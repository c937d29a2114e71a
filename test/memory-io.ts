import { Readable, Writable } from "node:stream";
import type { CliIo, ExitCode } from "../app/cli/command.ts";

/** A `CliIo` that keeps what was written and how the command ended; for tests. */
export type MemoryIo = CliIo & {
  readonly out: () => string;
  readonly err: () => string;
  readonly codes: ExitCode[];
};

export function memoryIo(cwd: string, env: CliIo["env"] = {}, stdin = ""): MemoryIo {
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const codes: ExitCode[] = [];
  return {
    stdin: () => Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]),
    stdout: stream("out"),
    stderr: stream("err"),
    env,
    cwd,
    isTTY: false,
    signal: new AbortController().signal,
    exit: (code) => void codes.push(code),
    out: () => written.out,
    err: () => written.err,
    codes,
  };
}
