import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parseTarget, type Target } from '../../scan/target.ts';
import { UsageError } from './io.ts';

/** Reads the targets of a call, which is wrong as a whole if one of them is: nothing is sent then. */
export function givenTargets(given: readonly string[]): Target[] {
  return given.map((text) => {
    const target = parseTarget(text);
    if ('fault' in target) throw new UsageError(`${JSON.stringify(text)} ${target.fault}`);
    return target;
  });
}

/**
 * Reads targets from a file or `-`, one a line, as they are wanted; `#` begins a note. A line that is none is told to `complain`, and
 * the others are read all the same. Throws `UsageError` if the file cannot be read.
 */
export async function* listedTargets(
  input: string,
  stdin: Readable,
  complain: (fault: string) => void,
): AsyncGenerator<Target> {
  const stream = input === '-' ? stdin : createReadStream(input);
  const name = input === '-' ? 'standard input' : input;
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      const text = line.replace(/#.*/, '').trim();
      if (text === '') continue;
      const target = parseTarget(text);
      if ('fault' in target)
        complain(`${name}:${number}:${line.indexOf(text) + 1}: ${JSON.stringify(text.slice(0, 200))} ${target.fault}`);
      else yield target;
    }
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault)) throw fault;
    throw new UsageError(`${name} cannot be read: ${fault.message}`, { cause: fault });
  }
}
