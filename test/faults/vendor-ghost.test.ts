import { ghostSim } from "./vendor-sims.ts";
import { writingUnderFaults } from "./vendor-suite.ts";

writingUnderFaults("Ghost", ghostSim);
