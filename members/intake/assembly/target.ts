/**
 * What the host hands in for each target: words of four bytes, in this order. Columns are numbers; NONE: there is no such column.
 */
export const NONE: u32 = 0xffffffff;

@unmanaged
export class Target {
  /** Its number, for the host. */
  number: u32;
  /** Words of a row, and a row to begin with: what no record of this target changes. */
  stride: u32;
  template: u32;
  /** Kind and column of the identifier that names the person. */
  kind: u32;
  column: u32;
  /** Of the second identifier; the word it goes to, 0: none is looked at. */
  secondKind: u32;
  secondColumn: u32;
  secondAt: u32;
  /** Word of the record id's print; 0: not wanted. */
  recordAt: u32;
  /** Word of the payload's place; 0: no payload. */
  payloadAt: u32;
  /** The tracked attributes that the table has. */
  attributes: u32;
  attributesAt: u32;
  /** The attributes of the payload. */
  spooled: u32;
  spooledAt: u32;
  /** Columns whose texts decide on consent and belonging; then those of which only matters whether they are filled. */
  words: u32;
  wordsAt: u32;
  filled: u32;
  filledAt: u32;
  email: u32;
  phone: u32;
  customerId: u32;
  recordId: u32;
  /** `"email":` and so on: address and bytes. */
  emailName: u32;
  emailNameBytes: u32;
  phoneName: u32;
  phoneNameBytes: u32;
  customerIdName: u32;
  customerIdNameBytes: u32;
  updatedAt: u32;
  /** An empty field without quotes is null and one with quotes is empty text; else both are nothing. */
  bareIsNull: u32;
  factsSlot: u32;
  timeSlot: u32;
  spellingStart: u32;
}

@unmanaged
export class Attribute {
  column: u32;
  /** Word of its print; word and bit of its state. */
  printAt: u32;
  stateAt: u32;
  stateShift: u32;
  slot: u32;
  /** Its values need no host: no rule judges them, and as many as are wanted by name were seen. */
  direct: u32;
  /** Of the record at hand: 1 yes, 2 no, 0 the text as it stands. */
  yesNo: u32;
}

@unmanaged
export class Spooled {
  /** Its name as JSON, with what stands around it. */
  name: u32;
  nameBytes: u32;
  column: u32;
  /** Address of its Attribute. */
  attribute: u32;
}
