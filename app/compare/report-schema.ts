import { type Static, Type } from "typebox";

const Count = Type.Integer({ minimum: 0 });
const MaybeCount = Type.Union([Count, Type.Null()]);

/** Of the people in both this file and the owner; the counts sum to `compared`. Text is compared without spaces around it. */
const AttributeReport = Type.Object({
  name: Type.String(),
  /** What the column is called in this file. */
  column: Type.String(),
  compared: Count,
  equal: Count,
  differ: Count,
  emptyHere: Count,
  emptyAtOwner: Count,
  emptyInBoth: Count,
});
export type AttributeReport = Static<typeof AttributeReport>;

const FileReport = Type.Object({
  file: Type.String(),
  owner: Type.Boolean(),
  /** Only `complete` is compared. */
  coverage: Type.Union([Type.Literal("complete"), Type.Literal("partial"), Type.Literal("unusable")]),
  /** Why this file is not compared; null when it is. */
  cantTell: Type.Union([Type.String(), Type.Null()]),
  /** When the file last changed, UTC. */
  changedAt: Type.Union([Type.String(), Type.Null()]),
  idColumn: Type.Union([Type.String(), Type.Null()]),
  rows: MaybeCount,
  people: MaybeCount,
  /** The last line has no line break: as some exports end, and as a file looks that was cut off in its last value. */
  openEnd: Type.Boolean(),
  /** Rows of somebody who has an earlier row. */
  duplicates: MaybeCount,
  /** Of the duplicates, those that only spell the identifier differently. */
  duplicatesBySpelling: MaybeCount,
  /** Rows without a usable identifier. */
  unusable: MaybeCount,
  /** People of the owner who are not here. */
  missing: MaybeCount,
  /** People here who are not at the owner. */
  extra: MaybeCount,
  attributes: Type.Array(AttributeReport),
});
export type FileReport = Static<typeof FileReport>;

/** Counts only: no identifier and no value of anybody. Unknown is null, never 0. */
export const CompareReport = Type.Object(
  {
    /** `cant_tell`: nothing, or not everything, could be compared and no difference was found. */
    verdict: Type.Union([Type.Literal("same"), Type.Literal("different"), Type.Literal("cant_tell")]),
    identity: Type.Union([Type.Literal("email"), Type.Literal("phone"), Type.Literal("customer_id")]),
    /** The file whose word counts. */
    owner: Type.String(),
    files: Type.Array(FileReport),
    /** Every person of the compared files once, by the files that hold them; largest group first. */
    overlap: Type.Array(Type.Object({ files: Type.Array(Type.String()), people: Count })),
  },
  { title: "plumbline compare --json" },
);
export type CompareReport = Static<typeof CompareReport>;
