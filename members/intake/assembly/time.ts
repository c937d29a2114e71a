import { put, put2, copyBytes } from "./json";

/** Of the time read last: seconds since 1970. */
export let seconds: u32 = 0;
let from: usize = 0;
let digits: u32 = 0;

@inline function digit(p: usize, i: usize): u32 {
  return <u32>load<u8>(p + i) - 48;
}
/** Two digits; 255: they are none. */
@inline function two(p: usize, i: usize): u32 {
  const a = digit(p, i);
  const b = digit(p, i + 1);
  return a > 9 || b > 9 ? 255 : a * 10 + b;
}

@inline function daysIn(month: u32, year: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970 of a date from 1970 on (Hinnant 2014, days_from_civil). */
@inline function daysOf(year: u32, month: u32, day: u32): u32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const ofEra = y - era * 400;
  const ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468;
}

/**
 * Is this a moment in UTC as databases and exports write it, `2026-11-01 10:00:00.25+00` or `2026-11-01T10:00:00Z`? Every other
 * form is for the host, which may well know it.
 */
export function isPlainTime(p: usize, e: usize): bool {
  if (e - p < 19) return false;
  const century = two(p, 0);
  const rest = two(p, 2);
  const month = two(p, 5);
  const day = two(p, 8);
  const hour = two(p, 11);
  const minute = two(p, 14);
  const second = two(p, 17);
  if (century > 99 || rest > 99 || hour > 23 || minute > 59 || second > 59) return false;
  const year = century * 100 + rest;
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) return false;
  const between = load<u8>(p + 10);
  if (load<u8>(p + 4) != 45 || load<u8>(p + 7) != 45 || load<u8>(p + 13) != 58 || load<u8>(p + 16) != 58) return false;
  if (between != 84 && between != 32) return false;
  let q = p + 19;
  digits = 0;
  if (q < e && load<u8>(q) == 46) {
    q++;
    while (q < e && digit(q, 0) <= 9) {
      q++;
      digits++;
    }
    if (digits == 0) return false;
  }
  if (!endsInUtc(q, e)) return false;
  from = p;
  seconds = <u32>(<u64>daysOf(year, month, day) * 86400 + <u64>(hour * 3600 + minute * 60 + second));
  return true;
}

/** Nothing, `Z`, `+00`, `+0000` or `+00:00`. */
@inline function endsInUtc(q: usize, e: usize): bool {
  const n = e - q;
  if (n == 0) return true;
  if (n == 1) return load<u8>(q) == 90;
  if (load<u8>(q) != 43 || n < 3 || two(q, 1) != 0) return false;
  if (n == 3) return true;
  return n == 5 ? two(q, 3) == 0 : n == 6 && load<u8>(q + 3) == 58 && two(q, 4) == 0;
}

/** The time read last as an instant, to the millisecond, between quotes. */
export function putTime(): void {
  put2(34, load<u8>(from));
  copyBytes(from + 1, 9);
  put(84);
  copyBytes(from + 11, 8);
  put2(46, digits > 0 ? load<u8>(from + 20) : 48);
  put2(digits > 1 ? load<u8>(from + 21) : 48, digits > 2 ? load<u8>(from + 22) : 48);
  put2(90, 34);
}
