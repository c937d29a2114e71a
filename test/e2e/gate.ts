import { connect, createServer, type Server, type Socket } from "node:net";

/** A door in front of a server on loopback that a test can shut: then the port answers nobody, as when a host is down. */
export type Gate = {
  readonly url: string;
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
};

export async function makeGate(target: string): Promise<Gate> {
  const to = new URL(target);
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;

  async function open(): Promise<void> {
    if (server !== null) return;
    const made = createServer((from) => {
      const onward = connect(Number(to.port), to.hostname);
      for (const [a, b] of [
        [from, onward],
        [onward, from],
      ] as const) {
        sockets.add(a);
        a.on("error", () => b.destroy());
        a.on("close", () => {
          sockets.delete(a);
          b.destroy();
        });
        a.pipe(b);
      }
    });
    await new Promise<void>((done, failed) => {
      made.once("error", failed);
      made.listen(port, "127.0.0.1", done);
    });
    const address = made.address();
    if (address === null || typeof address === "string") throw new Error("the gate has no port");
    port = address.port;
    server = made;
  }

  async function shut(): Promise<void> {
    const old = server;
    server = null;
    if (old === null) return;
    const closed = new Promise<void>((done) => old.close(() => done()));
    for (const s of sockets) s.destroy();
    await closed;
  }

  await open();
  return { url: `http://127.0.0.1:${port}`, open, shut, close: shut };
}
