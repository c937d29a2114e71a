import { expect, it } from "vitest";
import { applyPlan } from "../../sync/apply.ts";
import {
  applyInput,
  approved,
  at,
  draft,
  mailOf,
  type Twin,
  testConfig,
  Vendor,
  virtualTime,
} from "../property/sync-world.ts";
import { memoryPlanStore } from "../setup/memory-plan-store.ts";

it("reads people again after a long Retry-After, and adds nobody who opted out meanwhile", async () => {
  const time = virtualTime();
  const store = memoryPlanStore(time.now);
  const vendor = new Vendor(time.now, () => store);
  const dest = { inSegment: false, consent: "subscribed" as const, mailable: true, plan: "pro" };
  const twins = Array.from({ length: 3 }, (_, i): Twin => {
    vendor.put(mailOf(i), { ...dest });
    return { owner: { plan: "pro", optedOut: false }, dest };
  });
  vendor.fault = () => {
    // the vendor asks for two minutes, and one of them opts out while we wait
    if (vendor.calls === 1) vendor.put(mailOf(1), { ...dest, consent: "unsubscribed", mailable: false });
    return vendor.calls === 1 ? "retry_late" : "none";
  };
  const id = await approved(store, draft(twins, testConfig(), at(time.now())), at(time.now()));
  const result = await applyPlan(applyInput(time, store, vendor, id));
  expect(result.counts).toMatchObject({ applied: 2, skipped_consent: 1 });
  expect(vendor.mutations).toHaveLength(2);
});
