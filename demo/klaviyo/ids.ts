/** Ids in Klaviyo's shapes, counted, so that the same history gives the same ids. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE52 = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz";

export class Ids {
  #next: number;

  constructor(seed: number) {
    this.#next = 1 + (seed % 100_000) * 10_000_000;
  }

  /** 26 characters like a ULID, in the order in which they are made. Starts with 01B, before the crowd's 01C. */
  profile(): string {
    return `01B${digits(this.#take(), BASE32).padStart(23, "0")}`;
  }

  /** Six letters, as lists, segments, flows and metrics have. */
  short(): string {
    return `X${digits(this.#take() % 200_000_000, BASE52).padStart(5, "A")}`.slice(0, 6);
  }

  campaign(): string {
    return `01D${digits(this.#take(), BASE32).padStart(23, "0")}`;
  }

  job(): string {
    return Buffer.from(`job:${this.#take()}`).toString("base64url");
  }

  #take(): number {
    const n = this.#next;
    this.#next += 1;
    return n;
  }
}

function digits(n: number, alphabet: string): string {
  let text = "";
  for (let rest = n; rest > 0; rest = Math.floor(rest / alphabet.length))
    text = alphabet.charAt(rest % alphabet.length) + text;
  return text;
}
