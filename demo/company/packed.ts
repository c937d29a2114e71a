import { LISTS, type ListName, PLANS } from "./population.ts";

/** One person's record in one system on one day, as bits: equal numbers mean that nothing has to be written. */
export type Packed = number;

export const EXISTS = 1;
export const OPTED_OUT = 2;
export const COMPLAINED = 4;
export const MAILABLE = 8;
export const PLAN_AT = 4;
export const LISTS_AT = 8;
/** All records are below; so a question about records can be a table. */
export const RECORDS = 1 << (LISTS_AT + LISTS.length);

export const exists = (p: Packed): boolean => (p & EXISTS) !== 0;
export const consentIn = (p: Packed) =>
  p & COMPLAINED ? "complained" : p & OPTED_OUT ? "unsubscribed" : "subscribed";
export const isMailable = (p: Packed): boolean => (p & MAILABLE) !== 0;
export const planIn = (p: Packed) => PLANS[(p >> PLAN_AT) & 7] ?? "free";
export const inList = (p: Packed, list: ListName): boolean =>
  (p & (1 << (LISTS_AT + LISTS.indexOf(list)))) !== 0;

/** The answers to a question for all records: 1 yes, 0 no. */
export const tableOf = (question: (p: Packed) => boolean): Uint8Array =>
  Uint8Array.from({ length: RECORDS }, (_, p) => (question(p) ? 1 : 0));
