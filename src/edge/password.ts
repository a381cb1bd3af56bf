import { createHmac, randomBytes } from 'node:crypto';
import { isCommonPassword } from '../knowledge/load-passwords.ts';
import type { AuthAttempt, Weakness } from './stage.ts';

/** Characters below which every password is found by trying all (NIST SP 800-63B-4 §3.1.1.2 asks for eight at the least). */
const SHORT = 8;
/** Passwords are looked at up to here; RFC 4616 allows any length. */
const LOOKED_AT = 256;
const MARK_BITS = 0xfff;
const KEY = randomBytes(32);

/**
 * What may be said of a password without keeping it: why it is weak, and a mark by which the same one is known again. Neither tells
 * anybody else what it was, and nothing of it is stored.
 */
export function judgePassword(account: string, password: string): Pick<AuthAttempt, 'weakness' | 'mark'> {
  const digest = createHmac('sha256', KEY).update(`${account}\0${password}`).digest();
  return { weakness: weaknessOf(account, password), mark: digest.readUInt16BE(0) & MARK_BITS };
}

/** Why a password is easily found, the plainest reason first; null if none is seen. */
export function weaknessOf(account: string, password: string): Weakness | null {
  const text = password.slice(0, LOOKED_AT).toLowerCase();
  const plain = unwrite(text);
  if (isCommonPassword(text) || isCommonPassword(plain)) return 'common';
  if (namesOf(account).some((name) => plain.includes(name))) return 'of-the-account';
  if (password.length < SHORT) return 'short';
  return isPattern(text) ? 'pattern' : null;
}

/** Signs that people write for letters, as every cracking tool undoes them. */
const WRITTEN: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** The word behind a decorated one: `p4ssw0rd2024!` is `password`. */
function unwrite(text: string): string {
  const end = lastLetterOrSign(text);
  return [...text.slice(0, end)].map((sign) => WRITTEN[sign] ?? sign).join('');
}

/** Behind the last character that is neither a digit nor a closing sign; the whole text if there is none. */
function lastLetterOrSign(text: string): number {
  let end = text.length;
  while (end > 0 && '0123456789!?.*#_- '.includes(text[end - 1] as string)) end--;
  return end === 0 ? text.length : end;
}

/** The words of an account and its domain that a stranger tries first; short ones would be found in everything. */
function namesOf(account: string): string[] {
  return account
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length >= 4);
}

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
];
const RUNS = [...ROWS, ...ROWS.map((row) => [...row].reverse().join(''))];
/** Characters of a run from which on it is no chance. */
const RUN = 4;

/**
 * The shape most leaked passwords have: little but runs of the keyboard and repeated characters, or one common word among
 * digits and signs, as `2026summer!`.
 */
function isPattern(text: string): boolean {
  if (isCommonPassword(text.replace(/[^\p{L}]/gu, ''))) return true;
  let rest = 0;
  for (let at = 0; at < text.length; ) {
    const length = runAt(text, at);
    if (length >= RUN) at += length;
    else {
      rest++;
      at++;
    }
  }
  return rest <= text.length / 3;
}

/** Length of the repetition or keyboard run that begins here. */
function runAt(text: string, from: number): number {
  let same = from + 1;
  while (same < text.length && text[same] === text[from]) same++;
  let longest = same - from;
  for (const run of RUNS) {
    const at = run.indexOf(text[from] as string);
    if (at < 0) continue;
    let length = 1;
    while (from + length < text.length && at + length < run.length && text[from + length] === run[at + length])
      length++;
    if (length > longest) longest = length;
  }
  return longest;
}
