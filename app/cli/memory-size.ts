import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};
const LEAST = 1e6;

/**
 * Bytes of a size as people write it.
 *
 * @example memorySize("512MB") // 512000000
 * @throws InvalidArgumentError, which commander shows as wrong usage
 */
export function memorySize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const factor = UNITS[(unit ?? "").toLowerCase()];
  const bytes = factor === undefined ? 0 : Math.floor(Number(number) * factor);
  if (bytes >= LEAST && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError("Write a number and MB or GB, 1MB at least, such as 512MB.");
}
