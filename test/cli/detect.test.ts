import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../app/cli/run.ts";
import { memoryIo } from "../memory-io.ts";
import { materialFolder, notRun } from "../setup/material.ts";

const root = join(import.meta.dirname, "../..");

type Answer = Readonly<Record<string, unknown>> & { readonly score: number; readonly flagged: boolean };

async function detect(lines: readonly unknown[], ...options: string[]) {
  const text = lines.map((l) => (typeof l === "string" ? l : JSON.stringify(l))).join("\n");
  const io = memoryIo("/", {}, text);
  const code = await runCli(["detect", ...options], io);
  const out = io.out();
  const answers = out
    .split("\n")
    .filter((l) => l !== "")
    .map((l): Answer => JSON.parse(l));
  return { code, out, err: io.err(), answers };
}

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const at = (day: number): string => new Date(START + day * DAY).toISOString().slice(0, 19).concat("Z");

/** Noise that is the same everywhere: no clock and no dice. */
const noise = (i: number): number => ((Math.sin(i * 12.9898) * 43758.5453) % 1) * 2;

/** A list of 20,000 people that grows, sends less at weekends, and is halved on day 90. */
const size = (days = 120) =>
  Array.from({ length: days }, (_, i) => ({
    series: "newsletter/esp/size",
    t: at(i),
    kind: "size",
    value: Math.round((20_000 + 15 * i + 30 * noise(i)) * (i === 90 ? 0.5 : 1)),
  }));
const rate = (days = 120) =>
  Array.from({ length: days }, (_, i) => ({
    series: "newsletter/esp/match",
    t: at(i),
    kind: "rate",
    value: Math.round(1e4 * (i >= 80 && i < 86 ? 0.55 : 0.82 + 0.003 * noise(i))) / 1e4,
    denominator: 5_000,
  }));
const both = () => size().flatMap((point, i) => [point, rate()[i]]);

const odd = [
  { series: "a", t: at(0), kind: "size", value: null },
  { series: "a", t: at(0), kind: "size", value: -5 },
  { series: "a", t: at(0), kind: "size", value: -5 },
  { series: "a", t: at(9), kind: "size", value: 7 },
  { series: "a", t: at(3), kind: "size", value: 8 },
  { series: "a", t: at(9), kind: "size", value: 1e308 },
  { series: "a", t: "9999-12-31T00:00:00Z", kind: "size", value: 8 },
  { series: "a", t: at(10), kind: "size", value: "8" },
  '{"series": "a", "t": 1, "kind": "size", "value": NaN}',
  '{"series": "a", "t": 2, "kind": "size", "value": 1e999}',
  { series: "r", t: at(0), kind: "rate", value: 0.5, denominator: 0 },
  { series: "r", t: at(1), kind: "rate", value: 1.7, denominator: 10 },
  { series: "r", t: at(2), kind: "rate", value: -0.2, denominator: -3 },
  { series: "r", t: at(3), kind: "rate", value: 0.5, denominator: null },
  { series: "r", t: at(4), kind: "rate", value: 0.5, denominator: "many" },
  ...["count", "latency", "gauge"].flatMap((kind) =>
    [0, -1, 5e-324, 1.7e308, 0].map((value, i) => ({ series: kind, t: at(i), kind, value })),
  ),
  { series: "__proto__", t: at(0), value: 1 },
  { series: 7, t: 0, value: 1 },
];

describe("metrics", () => {
  test("one answer per line, in order, under its own name and time", async () => {
    const lines = both();
    const { code, err, answers } = await detect(lines);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(answers.map((a) => [a.series, a.t])).toEqual(lines.map((l) => [l?.series, l?.t]));
    for (const a of answers) {
      expect(Number.isFinite(a.score)).toBe(true);
      expect(typeof a.flagged).toBe("boolean");
    }
  });

  test("a list that is halved and a match rate that drops are flagged, and what is normal is said", async () => {
    const { answers } = await detect(both());
    const flagged = answers.filter((a) => a.flagged).map((a) => [a.series, a.t]);
    expect(flagged).toContainEqual(["newsletter/esp/size", at(90)]);
    expect(flagged).toContainEqual(["newsletter/esp/match", at(80)]);
    const halved = answers.find((a) => a.series === "newsletter/esp/size" && a.t === at(90));
    expect(Number(halved?.expected)).toBeCloseTo(20_000 + 15 * 90, -3);
    expect(typeof halved?.because).toBe("string");
  });

  test("what comes later changes no verdict", async () => {
    const whole = (await detect(both())).out;
    for (const length of [1, 40, 181, 182, 200])
      expect(whole.startsWith((await detect(both().slice(0, length))).out), `${length} lines`).toBe(true);
  });

  test("the same stream gives the same bytes", async () => {
    expect((await detect(both())).out).toBe((await detect(both())).out);
  });

  test("odd points get a defined answer and never a number that is none", async () => {
    const { code, answers, out } = await detect(odd);
    expect(code).toBe(0);
    expect(answers).toHaveLength(odd.length);
    for (const [i, a] of answers.entries()) {
      expect(Number.isFinite(a.score), `${i}: ${JSON.stringify(a)}`).toBe(true);
      for (const v of [a.expected, a.low, a.high])
        expect(v === null || Number.isFinite(v), `${i}: ${JSON.stringify(a)}`).toBe(true);
    }
    expect((await detect(odd)).out).toBe(out);
    expect(answers[0]).toMatchObject({ flagged: false, because: "no “value”" });
    expect(answers[7]).toMatchObject({ flagged: false, because: "“value” is not a finite number" });
    expect(answers[14]).toMatchObject({ flagged: false, because: "“denominator” is not a finite number" });
  });

  test("a point that was not measured changes nothing about those after it", async () => {
    const gap = { series: "newsletter/esp/size", t: at(50), kind: "size", value: null };
    const without = size().filter((_, i) => i !== 50);
    const told = await detect([...size().slice(0, 50), gap, ...size().slice(51)]);
    const missing = await detect(without);
    expect(told.answers.filter((_, i) => i !== 50)).toEqual(missing.answers);
  });

  test("lines that cannot be read are named by number, answered, and told by the exit code", async () => {
    const lines = [
      ...size(3),
      "",
      "{broken",
      "[]",
      { t: at(3), value: 1 },
      { series: "x", t: "soon", value: 1 },
      ...size(4).slice(3),
    ];
    const { code, err, answers } = await detect(lines);
    expect(code).toBe(3);
    expect(err).toBe(
      [
        "line 5: not JSON → write one object per line",
        "line 6: not a JSON object → write one object per line",
        "line 7: no “series” → name it with a text",
        "line 8: no usable “t” → write it like 2026-11-26T06:00:00Z, or as milliseconds since 1970",
        "",
      ].join("\n"),
    );
    expect(answers).toHaveLength(8); // the blank line is none
    expect(answers[3]).toMatchObject({ series: null, t: null, score: 0, flagged: false });
    expect(answers[6]).toMatchObject({ series: "x", t: "soon", score: 0, flagged: false });
    expect(answers[7]).toMatchObject({ series: "newsletter/esp/size", t: at(3) });
  });

  test("nothing but unreadable lines is no verdict; ten complaints are enough", async () => {
    const { code, err, answers } = await detect(Array.from({ length: 25 }, () => "person@example.com,12"));
    expect({ code, answers: answers.length }).toEqual({ code: 7, answers: 25 });
    expect(err.trimEnd().split("\n")).toHaveLength(11);
    expect(err).toContain("… and 15 more lines");
    expect(err).not.toContain("@"); // a line may hold personal data
  });

  test("no input is no answer", async () => {
    expect(await detect([])).toMatchObject({ code: 0, out: "", err: "" });
    expect(await detect([], "--flips", "--distributions")).toMatchObject({ code: 64, out: "" });
  });
});

describe("flips and distributions", () => {
  const flips = Array.from({ length: 60 }, (_, i) => ({
    segment: "vip",
    t: at(i),
    size: 1000,
    added: i >= 30 && i % 2 === 0 ? ["p1", "p2", "p3", "p4", "p5"] : [`new${i}`],
    removed: i >= 30 && i % 2 === 1 ? ["p1", "p2", "p3", "p4", "p5"] : [`old${i}`],
  }));
  const counts = Array.from({ length: 60 }, (_, i) => ({
    series: "plan",
    t: at(i),
    kind: "dist",
    counts: {
      free: 8_000 + Math.round(40 * noise(i)),
      pro: i >= 50 ? 200 : 2_000 + Math.round(20 * noise(i + 7)),
    },
  }));
  const oddCounts: readonly unknown[] = [
    null,
    {},
    { a: 0 },
    { a: -1 },
    { a: "1" },
    { a: 1e308, b: 1e308 },
    { ["__proto__"]: 5, constructor: 2 },
  ];

  test.each([
    { name: "--flips", lines: flips },
    { name: "--distributions", lines: counts },
  ])("$name: one answer per line, causal and deterministic", async ({ name, lines }) => {
    const whole = await detect(lines, name);
    expect(whole).toMatchObject({ code: 0, err: "" });
    expect(whole.answers).toHaveLength(lines.length);
    expect((await detect(lines, name)).out).toBe(whole.out);
    expect(whole.out.startsWith((await detect(lines.slice(0, 41), name)).out)).toBe(true);
  });

  test("who fights is named, and so is the value that moved", async () => {
    const fights = (await detect(flips, "--flips")).answers;
    expect(fights.slice(0, 30).some((a) => a.flagged)).toBe(false);
    expect(fights.at(-1)).toMatchObject({ flagged: true });
    expect(fights.at(-1)?.members).toHaveLength(5);
    expect(fights.at(-1)?.members).toEqual(expect.arrayContaining(["p1", "p2", "p3", "p4", "p5"]));
    const shifts = (await detect(counts, "--distributions")).answers;
    expect(shifts.slice(0, 50).some((a) => a.flagged)).toBe(false);
    expect(shifts[50]?.flagged).toBe(true);
    expect(shifts[50]?.moved).toContainEqual(expect.objectContaining({ category: "pro", count: 200 }));
  });

  test("what cannot be counted gets a defined answer", async () => {
    const lines = oddCounts.flatMap((c, i) => [
      { series: "odd", t: at(i), counts: c },
      { series: "odd", t: at(i), counts: c },
    ]);
    const { code, answers } = await detect(lines, "--distributions");
    expect({ code, answers: answers.length }).toEqual({ code: 0, answers: lines.length });
    for (const a of answers) expect(Number.isFinite(a.score), JSON.stringify(a)).toBe(true);
    const flipped = await detect(
      [
        { segment: "s", t: at(0), size: 2, added: ["a", "a"], removed: ["a"] },
        { segment: "s", t: at(0), size: -1, added: [], removed: [] },
        { segment: "s", t: at(1), size: 1, added: null, removed: [] },
        { segment: "s", t: at(0), size: 0, added: [1, "1"], removed: [] },
      ],
      "--flips",
    );
    expect(flipped.code).toBe(0);
    for (const a of flipped.answers) {
      expect(Number.isFinite(a.score), JSON.stringify(a)).toBe(true);
      expect(Array.isArray(a.members)).toBe(true);
    }
  });
});

describe("as a program", () => {
  const start = (...node: string[]) =>
    spawn(process.execPath, [...node, join(root, "dist/app/cli/main.js"), "detect"], { stdio: "pipe" });

  test("answers a slow source at once", async () => {
    const child = start();
    child.stdin.write(`${JSON.stringify(size(1)[0])}\n`);
    const [first] = await once(child.stdout, "data");
    expect(JSON.parse(String(first))).toMatchObject({ series: "newsletter/esp/size", t: at(0) });
    child.stdin.end();
    expect((await once(child, "close"))[0]).toBe(0);
  });

  test("a reader who leaves ends it, quietly and without reading on", async () => {
    const child = start();
    const err: string[] = [];
    child.stderr.on("data", (d) => void err.push(String(d)));
    child.stdin.on("error", () => undefined); // it stops reading, too
    const block = size()
      .map((l) => `${JSON.stringify(l)}\n`)
      .join("");
    const feed = setInterval(() => child.stdin.write(block), 5);
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = await once(child, "close");
    clearInterval(feed);
    expect({ code, err: err.join("") }).toEqual({ code: 0, err: "" });
  });

  test("Ctrl-C ends it while it waits", async () => {
    const child = start();
    child.stdin.write(`${JSON.stringify(size(1)[0])}\n`);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect((await once(child, "close"))[0]).toBe(130);
  });

  test("holds one chunk, not the input", async () => {
    const child = start("--max-old-space-size=24");
    let answered = 0;
    child.stdout.on("data", (d: Buffer) => {
      answered += d.toString("latin1").split("\n").length - 1;
    });
    const pad = "x".repeat(5_000);
    const block = Buffer.from(
      size()
        .map((l) => `${JSON.stringify({ ...l, pad })}\n`)
        .join(""),
    );
    for (let i = 0; i < 100; i += 1) if (!child.stdin.write(block)) await once(child.stdin, "drain");
    child.stdin.end();
    expect((await once(child, "close"))[0]).toBe(0);
    expect(answered).toBe(100 * 120); // of 60 MB
  });
});

/** One suite for each way in. */
const SMOKE = ["daily", "distributions", "flips"];

test("the benchmark runs on the harness, and finds us causal and deterministic", async () => {
  if (materialFolder("detect") === null) return notRun("detect");
  const child = spawn(
    process.execPath,
    [join(root, "dist/bench/detect-main.js"), "--small", "--suites", SMOKE.join(",")],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  child.stdout.on("data", (d) => {
    said += String(d);
  });
  const [code] = await once(child, "close");
  expect(code, said).toBe(0);
  for (const suite of SMOKE) expect(said).toContain(`| ${suite}: `);
  expect(said).toContain("✓ deterministic, causal");
}, 240_000);
