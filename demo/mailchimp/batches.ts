import type { Answer, Call } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { collection } from "./campaigns-api.ts";
import { bodyOf } from "./member-input.ts";
import { time } from "./member-json.ts";
import { ok } from "./members-api.ts";
import { invalid, notFound, Problem } from "./problem.ts";

type Operation = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly params: Readonly<Record<string, string>>;
  readonly id: string;
};
export type OperationResult = {
  readonly operation_id: string;
  readonly status_code: number;
  readonly response: string;
};
type Batch = {
  readonly id: string;
  readonly submitted: number;
  readonly operations: readonly Operation[];
  readonly fault: "job_stuck" | "job_failed" | null;
  results: readonly OperationResult[] | null;
};

/** Milliseconds of the injected clock until a batch starts, and that each of its operations takes. */
const STARTS_AFTER = 2_000;
const PER_OPERATION = 20;
const MOST = 1000;
const OPEN = 500;

/** Asynchronous work on the injected clock: nothing has happened before a batch is finished, then all of it has. */
export class Batches {
  readonly #batches = new Map<string, Batch>();
  readonly #account: Account;
  readonly #run: (call: Call) => Answer;

  constructor(account: Account, run: (call: Call) => Answer) {
    this.#account = account;
    this.#run = run;
  }

  /** Carries out what is due by the clock. */
  advance(): void {
    for (const b of this.#batches.values())
      if (b.results === null && b.fault !== "job_stuck" && this.#account.now() >= endOf(b))
        b.results = b.operations.map((o) => (b.fault === "job_failed" ? broken(o) : this.#one(o)));
  }

  #one(o: Operation): OperationResult {
    const call: Call = {
      method: o.method,
      path: o.path.startsWith("/") ? o.path : `/${o.path}`,
      query: new URLSearchParams(o.params),
      headers: {},
      body: Buffer.from(o.body),
      fault: null,
    };
    let answer: Answer;
    try {
      answer = this.#run(call);
    } catch (e) {
      if (!(e instanceof Problem)) throw e;
      answer = e.answer();
    }
    return { operation_id: o.id, status_code: answer.status, response: JSON.stringify(answer.body ?? "") };
  }

  submit(call: Call): Answer {
    const { operations } = bodyOf(call.body);
    if (!Array.isArray(operations) || operations.length === 0 || operations.length > MOST)
      throw invalid(`A batch holds 1 to ${MOST} operations.`);
    const open = [...this.#batches.values()].filter((b) => b.results === null).length;
    if (open >= OPEN)
      throw new Problem(429, "Too Many Requests", `You have more than ${OPEN} pending batches.`);
    const batch: Batch = {
      id: this.#account.serial().toString(16).padStart(10, "b"),
      submitted: this.#account.now(),
      operations: operations.map(operationOf),
      fault: call.fault?.kind === "job_stuck" || call.fault?.kind === "job_failed" ? call.fault.kind : null,
      results: null,
    };
    this.#batches.set(batch.id, batch);
    return ok(this.#json(batch), "Batches/Instance");
  }

  read(id: string): Answer {
    const batch = this.#batches.get(id);
    if (batch === undefined) throw notFound();
    return ok(this.#json(batch), "Batches/Instance");
  }

  browse(call: Call): Answer {
    return collection(
      call,
      "batches",
      [...this.#batches.values()].map((b) => this.#json(b)),
    );
  }

  /** What a batch did, one line an operation; the real one is an archive to download. null: not finished. */
  results(id: string): readonly OperationResult[] | null {
    return this.#batches.get(id)?.results ?? null;
  }

  #json(b: Batch): Readonly<Record<string, unknown>> {
    const started = this.#account.now() - b.submitted >= STARTS_AFTER;
    const done = b.results ?? [];
    return {
      id: b.id,
      status: b.results !== null ? "finished" : started ? "started" : "pending",
      total_operations: b.operations.length,
      finished_operations: done.length,
      errored_operations: done.filter((r) => r.status_code >= 400).length,
      submitted_at: time(b.submitted),
      completed_at: b.results === null ? "" : time(endOf(b)),
      response_body_url: b.results === null ? "" : `${this.#account.url}/__control/batch?id=${b.id}`,
      _links: [],
    };
  }
}

const endOf = (b: Batch): number => b.submitted + STARTS_AFTER + PER_OPERATION * b.operations.length;
const broken = (o: Operation): OperationResult => ({
  operation_id: o.id,
  status_code: 500,
  response: '{"title":"Internal Server Error","status":500}',
});

function operationOf(value: unknown): Operation {
  const o = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if (typeof o.method !== "string" || typeof o.path !== "string")
    throw invalid("Each operation needs a method and a path.");
  return {
    method: o.method,
    path: o.path,
    body: typeof o.body === "string" ? o.body : "",
    params: (o.params ?? {}) as Readonly<Record<string, string>>,
    id: typeof o.operation_id === "string" ? o.operation_id : "",
  };
}
