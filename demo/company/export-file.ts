import { closeSync, openSync, renameSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Characters written at once. */
const CHUNK = 1 << 18;

/** One export, written line by line; it takes its place, with the date of the export, when it is whole. */
export class ExportFile {
  readonly #path: string;
  readonly #gzip: boolean;
  readonly #file: number;
  #text = "";

  constructor(folder: string, name: string) {
    this.#path = join(folder, name);
    this.#gzip = name.endsWith(".gz");
    this.#file = openSync(`${this.#path}.part`, "w");
  }

  line(text: string): void {
    this.#text += `${text}\r\n`;
    if (this.#text.length < CHUNK || this.#gzip) return;
    writeSync(this.#file, this.#text);
    this.#text = "";
  }

  /** @param cut leaves the end of a compressed export away */
  end(at: Date, cut: boolean): void {
    if (this.#gzip) {
      const bytes = gzipSync(this.#text, { level: 1 });
      writeFileSync(this.#file, cut ? bytes.subarray(0, Math.floor(bytes.length * 0.7)) : bytes);
    } else writeFileSync(this.#file, this.#text);
    closeSync(this.#file);
    utimesSync(`${this.#path}.part`, at, at);
    renameSync(`${this.#path}.part`, this.#path);
  }
}
