import { scaled } from "./vendor-run.ts";
import { klaviyoSim } from "./vendor-sims.ts";
import { writingUnderFaults } from "./vendor-suite.ts";

writingUnderFaults("Klaviyo", () => klaviyoSim(scaled(3_000)));
