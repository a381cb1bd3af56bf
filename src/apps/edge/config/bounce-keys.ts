import { readFileSync, statSync } from 'node:fs';
import type { TagKey, TagKeys } from '../../../wire/address/bounce-tag.ts';

/** A file of keys that cannot be used. What stands in it is never told. */
export class BounceKeyFault extends Error {
  readonly code = 'BOUNCE_KEYS';
}

const LINE = /^(\d)[ \t]+(\S.{14,}\S)$/;
/** Permissions that let others read it, or anybody but the owner write it. */
const OPEN = 0o027;

/** Keys of a file, one a line: a digit, a blank, a secret. `#` begins a comment line. Throws `BounceKeyFault`, with the way out. */
export function readBounceKeys(file: string): TagKeys {
  const text = textOf(file);
  const [first, ...others] = text.split(/\r?\n/).flatMap((line, index): TagKey[] => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const [, number, secret] = LINE.exec(line.trim()) ?? [];
    if (secret === undefined)
      throw new BounceKeyFault(`${file}:${index + 1}:1 is no digit, blank and secret of 16 characters or more`);
    return [{ number: Number(number), secret }];
  });
  if (first === undefined)
    throw new BounceKeyFault(`${file} holds no key: umask 077; echo "1 $(openssl rand -hex 20)" > ${file}`);
  const keys: TagKeys = [first, ...others];
  const twice = keys.find(({ number }, index) => keys.findIndex((key) => key.number === number) < index);
  if (twice !== undefined)
    throw new BounceKeyFault(`${file} has two keys of number ${twice.number}: each needs its own digit`);
  return keys;
}

function textOf(file: string): string {
  try {
    if ((statSync(file).mode & OPEN) !== 0)
      throw new BounceKeyFault(`${file} can be read by everybody, or written by a group: chmod 640 ${file}`);
    return readFileSync(file, 'utf8');
  } catch (fault) {
    if (fault instanceof BounceKeyFault) throw fault;
    const because = fault instanceof Error ? fault.message : String(fault);
    throw new BounceKeyFault(
      `${file} cannot be read: ${because}. Make it: umask 077; echo "1 $(openssl rand -hex 20)" > ${file}`,
      { cause: fault },
    );
  }
}
