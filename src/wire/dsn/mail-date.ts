const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Obsolete zone names (RFC 5322 §4.3), and a few that old servers write, in minutes east of UTC. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  bst: 60,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  jst: 540,
  kst: 540,
  hkt: 480,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
};

/** A date as a header has it. `zone` is minutes east of UTC, null where the text names none or one that is unknown (read as UTC). */
export interface MailDate {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly zone: number | null;
}

const MAX_TOKENS = 12;
const MAX_LENGTH = 120;

/**
 * Reads an RFC 5322 §3.3 date, and the orders that senders really write (`Thu Jul 10 16:31:40 2014`, `29-Apr-99 …`, `2024-06-11T09:04:02Z`).
 * Returns undefined if day, month, year or time is missing or out of range. The parts are told apart by their shape, not by their place.
 */
export function readMailDate(text: string): MailDate | undefined {
  const usual = USUAL.exec(text);
  if (usual !== null) {
    const month = MONTHS.indexOf((usual[2] as string).toLowerCase());
    const time = clock(Number(usual[4]), Number(usual[5]), Number(usual[6]));
    return dated(
      Number(usual[1]),
      month % 3 === 0 ? month / 3 : -1,
      Number(usual[3]),
      time,
      offset(usual[7] as string),
    );
  }
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  let time: number | undefined;
  let zone: number | null = null;
  const tokens = text
    .slice(0, MAX_LENGTH)
    .replace(/\([^()]*\)?/g, ' ')
    .split(/[\s,]+/, MAX_TOKENS);
  for (const token of tokens) {
    if (token === '') continue;
    const iso = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?)?$/.exec(token);
    if (iso !== null) {
      [year, month, day] = [Number(iso[1]), Number(iso[2]) - 1, Number(iso[3])];
      if (iso[4] !== undefined) time = clock(Number(iso[4]), Number(iso[5]), Number(iso[6]));
      if (iso[7] !== undefined) zone = iso[7] === 'Z' ? 0 : offset(iso[7].replace(':', ''));
      continue;
    }
    const dashed = /^(\d{1,2})-([A-Za-z]{3})-(\d{2,4})$/.exec(token);
    if (dashed !== null) {
      [day, month, year] = [Number(dashed[1]), monthOf(dashed[2] as string), fullYear(Number(dashed[3]))];
      continue;
    }
    const hours = /^(\d{1,2})[:.](\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?$/.exec(token);
    if (hours !== null && time === undefined) {
      time = clock(Number(hours[1]), Number(hours[2]), Number(hours[3] ?? 0));
    } else if (/^[+-]\d{4}$/.test(token)) {
      zone = offset(token);
    } else if (/^\d{1,2}$/.test(token) && day === undefined) {
      day = Number(token);
    } else if (/^\d{2,4}$/.test(token) && year === undefined) {
      year = fullYear(Number(token));
    } else if (/^[A-Za-z]+$/.test(token)) {
      const name = token.toLowerCase();
      month ??= monthOf(token);
      if (zone === null && Object.hasOwn(ZONES, name)) zone = ZONES[name] as number;
    }
  }
  if (day === undefined || month === undefined || year === undefined || time === undefined) return undefined;
  return dated(day, month, year, time, zone);
}

/** The form that nearly all servers write: `Thu, 10 Jul 2014 16:31:40 +0200 (CEST)`. */
const USUAL =
  /^\s?(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})(?: \([A-Za-z +-]{1,40}\))?\s?$/;

function dated(day: number, month: number, year: number, time: number, zone: number | null): MailDate | undefined {
  if (day < 1 || day > 31 || month < 0 || month > 11 || Number.isNaN(time) || year < 1970 || year > 9999)
    return undefined;
  return { at: Date.UTC(year, month, day) + time - (zone ?? 0) * 60_000, zone };
}

function monthOf(name: string): number | undefined {
  const at = MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  return at === -1 || at % 3 !== 0 || name.length > 9 ? undefined : at / 3;
}

function clock(hours: number, minutes: number, seconds: number): number {
  if (hours > 23 || minutes > 59 || seconds > 60) return Number.NaN;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function offset(sign: string): number {
  const minutes = Number(sign.slice(1, 3)) * 60 + Number(sign.slice(3, 5));
  return sign.startsWith('-') && minutes !== 0 ? -minutes : minutes;
}

/** RFC 5322 §4.3: two digits below 50 are in this century. */
function fullYear(year: number): number {
  if (year < 50) return year + 2000;
  return year < 1000 ? year + 1900 : year;
}
