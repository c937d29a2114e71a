import { matrix } from "./matrix.ts";
import { ghostVendor } from "./vendors.ts";

// In the middle of a batch: Ghost has changed a member, and nobody has made anything of its answer.
matrix("Ghost", ghostVendor, () => ["write_answered"]);
