import { afterAll, describe } from "vitest";
import { collectorContract } from "../contract/collector.ts";
import { writerContract } from "../contract/writer.ts";
import { type RealMariadb, startRealMariadb } from "./mariadb-server.ts";
import { mysqlWorld, mysqlWriterWorld } from "./mysql-world.ts";

const mariadb = await startRealMariadb();

describe.skipIf(mariadb === null)("the real MariaDB", () => {
  const real = mariadb as RealMariadb;
  afterAll(() => real.stop());
  collectorContract("MariaDB", () => mysqlWorld(real));
  writerContract("MariaDB", () => mysqlWriterWorld(real));
});
