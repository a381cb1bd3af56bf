import { z } from 'zod';

const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
};
const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function quantity(text: string, units: Readonly<Record<string, number>>): number | null {
  const parts = /^(\d{1,15}(?:\.\d{1,3})?) ?([a-z]{0,3})$/i.exec(text);
  const unit = units[(parts?.[2] ?? '').toLowerCase()];
  return parts === null || unit === undefined ? null : Math.round(Number(parts[1]) * unit);
}

/** Bytes: a number, or a text such as `36 MiB`. */
export const bytes = z
  .union([z.int().positive(), z.string()], { error: 'a size such as 36 MiB' })
  .transform((given, context) => {
    const value = typeof given === 'number' ? given : quantity(given, SIZES);
    if (value !== null && value > 0) return value;
    context.addIssue({ code: 'custom', message: 'a size such as 36 MiB, 512 KiB or 2048' });
    return z.NEVER;
  });

/** Milliseconds: a text such as `30s`, `5m` or `35d`. A bare number would leave its unit to guesswork. */
export const duration = z
  .string({ error: 'a time with its unit, such as 30s, 5m or 35d' })
  .transform((given, context) => {
    const value = quantity(given, TIMES);
    if (value !== null && value > 0) return value;
    context.addIssue({ code: 'custom', message: 'a time with its unit, such as 30s, 5m or 35d' });
    return z.NEVER;
  });

/** The same, and `0s` for not at all. */
export const durationOrNone = z.union([z.literal('0s').transform(() => 0), z.literal(0), duration]);

/** A part of a whole: a text such as `90%`. */
export const share = z.string({ error: 'a part such as 90%' }).transform((given, context) => {
  const value = /^(\d{1,3}(?:\.\d{1,2})?) ?%$/.exec(given)?.[1];
  if (value !== undefined && Number(value) <= 100) return Number(value) / 100;
  context.addIssue({ code: 'custom', message: 'a part such as 90%' });
  return z.NEVER;
});

/** A count. */
export const count = z.int({ error: 'a whole number above 0' }).positive({ error: 'a whole number above 0' });
