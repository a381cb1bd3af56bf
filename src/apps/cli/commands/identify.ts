import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Identity } from '../../../finding/identity.ts';
import { identify } from '../../../platform/identify.ts';
import { isSightingKind, SIGHTING_KINDS, type Sighting } from '../../../platform/sighting.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { CannotError, EXIT, type ExitCode, type Io, write } from '../io.ts';

/** Characters of one input line; a longer one is refused, so that memory does not grow with it. */
const LINE_MAX = 8 * 1024 * 1024;
/** Faulty lines that are told on stderr, one by one. */
const FAULTS_TOLD = 10;

/** `mailward identify`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand(
    'identify',
    'Names the product behind greetings, headers and dialogues: one JSON line in, one out.',
    [
      ['mailward identify sightings.ndjson', 'lines of { "kind": "smtp.banner", "text": "220 mx ESMTP …" }'],
      [`echo '{"kind":"imap.banner","text":"* OK Dovecot ready."}' | mailward identify`, 'one greeting, from stdin'],
    ],
  )
    .argument('[file]', 'NDJSON of { "kind", "text" }; - or nothing is stdin', '-')
    .option(...DATA_OPTION)
    .addHelpText('after', `\nKinds: ${SIGHTING_KINDS.join(', ')}\n`)
    .action(async (file: string) => done(await run(file === '-' ? io.stdin : createReadStream(file), file, io)));
}

async function run(input: Readable, file: string, io: Io): Promise<ExitCode> {
  let number = 0;
  let faults = 0;
  try {
    for await (const lines of lineBatches(input)) {
      let out = '';
      for (const line of lines) {
        number++;
        if (line.trim() === '') continue;
        const sighting = readSighting(line);
        if (typeof sighting === 'string') {
          faults++;
          if (faults <= FAULTS_TOLD) io.stderr.write(`mailward identify: ${file}:${number}: ${sighting}\n`);
          out += outputLine(unread(sighting));
        } else {
          out += outputLine(identify([sighting]));
        }
      }
      if (out !== '') await write(io.stdout, out);
      if (io.signal.aborted) break;
    }
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault) throw new CannotError(`${file}: ${fault.message}`, { cause: fault });
    throw fault;
  }
  if (faults > FAULTS_TOLD)
    io.stderr.write(`mailward identify: ${faults - FAULTS_TOLD} more lines could not be read\n`);
  return faults === 0 ? EXIT.fine : EXIT.usage;
}

function outputLine(identity: Identity): string {
  return `${JSON.stringify({ schema: 'mailward/identity/1', ...identity })}\n`;
}

/** The sighting of one line, or what is wrong with it. */
function readSighting(line: string): Sighting | string {
  if (line.length > LINE_MAX) return `longer than ${LINE_MAX} characters`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON; a line is { "kind": "smtp.banner", "text": "…" }';
  }
  if (typeof value !== 'object' || value === null) return 'not an object; a line is { "kind", "text" }';
  const { kind, text } = value as { readonly kind?: unknown; readonly text?: unknown };
  if (!isSightingKind(kind)) return `no kind ${JSON.stringify(kind) ?? 'given'}; mailward identify --help lists them`;
  if (typeof text !== 'string') return '"text" is not a string';
  return { kind, text };
}

/** Stands in the output for a line that could not be read, so that lines keep their places. */
function unread(why: string): Identity {
  return {
    vendor: null,
    product: null,
    version: null,
    versionRange: null,
    os: null,
    cpe: null,
    certainty: 0,
    because: [{ clue: 'input', value: why }],
  };
}

/** Whole lines, as many as came together: a promise for each line would cost more than the work on it. */
async function* lineBatches(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    const lines = text.split('\n');
    lines[0] = rest + (lines[0] as string);
    rest = lines.pop() as string;
    if (rest.length > LINE_MAX) rest = rest.slice(0, LINE_MAX + 1);
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}
