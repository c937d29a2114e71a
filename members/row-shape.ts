/**
 * Words of a row while a set is built: the key in 0…3, then these. Prints follow at `PRINTS_AT`, one per attribute,
 * then attribute states in three bits each, then (where one is looked at) two words of the second identifier, then
 * (with a spool) chunk, offset and length of the row's text.
 */
export const SPELLING_AT = 4;
export const CONSENT_AT = 5;
/** Seconds since 1970; 0: not known. */
export const UPDATED_AT = 6;
export const PRINTS_AT = 7;
export const STATES_PER_WORD = 10;

export type RowShape = {
  readonly stride: number;
  readonly statesAt: number;
  readonly secondAt: number | null;
  readonly payloadAt: number | null;
};

export function rowShape(attributes: number, spool: boolean, second = false): RowShape {
  const statesAt = PRINTS_AT + attributes;
  const secondAt = statesAt + Math.ceil(attributes / STATES_PER_WORD);
  const payloadAt = secondAt + (second ? 2 : 0);
  return {
    stride: payloadAt + (spool ? 3 : 0),
    statesAt,
    secondAt: second ? secondAt : null,
    payloadAt: spool ? payloadAt : null,
  };
}
