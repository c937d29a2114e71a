import { connect, createServer, type Socket } from "node:net";

export type TcpProxy = {
  readonly port: number;
  /** Cuts every connection once the server has sent this many more bytes on it; null: passes everything. */
  cutAfter(bytes: number | null): void;
  /** Cuts a connection when what the client sends holds this text; the server still gets it. */
  cutAnswerTo(text: string | null): void;
  /** Cuts a connection when what the client sends holds this text; the server never gets it. */
  cutBefore(text: string | null): void;
  /**
   * Half-open: from now on nothing passes and nothing is closed, in new connections neither. `heal` lets new ones
   * through; the old ones stay silent for ever, as behind a firewall that forgot them.
   */
  stall(): void;
  heal(): void;
  close(): Promise<void>;
};

/** Stands between a client and a real server, and loses what it is told to lose. */
export async function tcpProxy(host: string, port: number): Promise<TcpProxy> {
  let left: number | null = null;
  let trigger: string | null = null;
  let never: string | null = null;
  let stalled = false;
  const open = new Set<Socket>();
  /** By the client's side of a connection. */
  const silent = new Map<Socket, boolean>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    let mute = false;
    silent.set(client, stalled);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const s of [client, upstream]) {
      open.add(s);
      s.on("error", end);
      s.on("close", () => {
        open.delete(s);
        silent.delete(s);
        end();
      });
    }
    client.on("data", (data) => {
      if (silent.get(client) === true) return;
      if (never !== null && data.includes(never)) return end();
      if (trigger !== null && data.includes(trigger)) mute = true;
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (silent.get(client) === true) return;
      if (mute) return end();
      if (left !== null) left -= data.length;
      if (left !== null && left <= 0) return end();
      if (!client.write(data)) {
        upstream.pause();
        client.once("drain", () => upstream.resume());
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cutAfter: (bytes) => {
      left = bytes;
    },
    cutAnswerTo: (text) => {
      trigger = text;
    },
    cutBefore: (text) => {
      never = text;
    },
    stall() {
      stalled = true;
      for (const s of silent.keys()) silent.set(s, true);
    },
    heal() {
      stalled = false;
    },
    close: () =>
      new Promise((done) => {
        for (const s of open) s.destroy();
        server.close(() => done());
      }),
  };
}
