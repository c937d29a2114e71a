import { connect, createServer, type Socket } from "node:net";

export type TcpProxy = {
  readonly port: number;
  /** Cuts every connection once the server has sent this many more bytes on it; null: passes everything. */
  cutAfter(bytes: number | null): void;
  /** Cuts a connection when what the client sends holds this text; the server still gets it. */
  cutAnswerTo(text: string | null): void;
  close(): Promise<void>;
};

/** Stands between a client and a real server, and loses what it is told to lose. */
export async function tcpProxy(host: string, port: number): Promise<TcpProxy> {
  let left: number | null = null;
  let trigger: string | null = null;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    let mute = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const s of [client, upstream]) {
      open.add(s);
      s.on("error", end);
      s.on("close", () => {
        open.delete(s);
        end();
      });
    }
    client.on("data", (data) => {
      if (trigger !== null && data.includes(trigger)) mute = true;
      upstream.write(data);
    });
    upstream.on("data", (data) => {
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
    close: () =>
      new Promise((done) => {
        for (const s of open) s.destroy();
        server.close(() => done());
      }),
  };
}
