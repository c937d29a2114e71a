import { matrix } from "./matrix.ts";
import { klaviyoVendor } from "./vendors.ts";

// Suppressions are jobs: accepted first, done a moment later, and asked after in between.
matrix("Klaviyo", klaviyoVendor, (op) => ["write_answered", ...(op === "suppress" ? ["job_accepted"] : [])]);
