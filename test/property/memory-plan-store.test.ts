import { planStoreContract } from "../contract/plan-store.ts";
import { memoryPlanStore } from "../setup/memory-plan-store.ts";

// The fake that the repair's property tests rest on keeps the rules of the real store.
planStoreContract("in memory", async () => memoryPlanStore(() => Date.now()));
