/** Streams of a seed: an honest dialogue, and up to three things wrong with it. */
import { random } from '../fuzz/mutate.ts';
import * as words from './words.ts';
import { FALSE_ENDINGS, LETTERS, TEXTS } from './words-texts.ts';

export const DOMAIN = 'example.test';
/** Bytes of a message that all servers are told to take: small, so that larger ones cost nothing. */
export const MESSAGE_SIZE = 20_000;

export interface Stream {
  /** What is written at once; the answer to one is read before the next. Together they are the stream. */
  readonly units: readonly Buffer[];
  /** The edge offers CHUNKING, as Postfix and Exim do. */
  readonly chunking: boolean;
}

/** Chance in the hands of a seed. */
interface Dice {
  below(limit: number): number;
  one<T>(of: readonly T[]): T;
  /** True once in `times`. */
  onceIn(times: number): boolean;
}

/** The stream of a seed; the same for ever, so that a number is a report. */
export function streamOf(seed: number): Stream {
  const chance = random(seed);
  const below = (limit: number) => Math.floor(chance() * limit);
  const dice: Dice = { below, one: (of) => of[below(of.length)] as never, onceIn: (times) => below(times) === 0 };
  const chunking = dice.onceIn(2);
  let units = dialogue(dice, chunking);
  for (let left = dice.onceIn(12) ? 0 : 1 + below(3); left > 0; left--) units = dice.one(MUTATIONS)(units, dice);
  if (dice.onceIn(3)) units = pipelined(units, dice);
  return { units: units.map((unit) => Buffer.from(unit, 'latin1')), chunking };
}

/** The whole stream as text that can be pasted into a test. */
export const showStream = ({ units, chunking }: Stream): string =>
  `${chunking ? 'with' : 'without'} CHUNKING\n${units.map((unit) => JSON.stringify(unit.toString('latin1').length > 400 ? `${unit.toString('latin1').slice(0, 300)}… (${unit.length} bytes)` : unit.toString('latin1'))).join('\n')}`;

function dialogue(dice: Dice, chunking: boolean): string[] {
  const units = [dice.onceIn(4) ? 'HELO client.sender.test\r\n' : 'EHLO client.sender.test\r\n'];
  for (let letters = dice.onceIn(3) ? 2 : 1; letters > 0; letters--) {
    units.push(
      `MAIL FROM:${dice.onceIn(8) ? '<>' : '<carol@sender.test>'}${dice.onceIn(4) ? dice.one(words.MAIL_PARAMETERS_GOOD) : ''}\r\n`,
    );
    units.push('RCPT TO:<alice@example.test>\r\n');
    if (dice.onceIn(5)) units.push('RCPT TO:<bob@example.test>\r\n');
    if (chunking && dice.onceIn(3)) {
      const text = dice.one(LETTERS).replaceAll('\r\n..', '\r\n.');
      const cut = dice.onceIn(3) ? dice.below(text.length) : 0;
      if (cut > 0) units.push(`BDAT ${cut}\r\n${text.slice(0, cut)}`);
      units.push(`BDAT ${text.length - cut} LAST\r\n${text.slice(cut)}`);
    } else units.push('DATA\r\n', `${dice.one(LETTERS)}.\r\n`);
  }
  units.push('QUIT\r\n');
  return units;
}

type Mutation = (units: readonly string[], dice: Dice) => string[];

/** One unit of a kind replaced by what `change` makes of it. */
const replaced =
  (kind: RegExp, change: (unit: string, dice: Dice) => string): Mutation =>
  (units, dice) => {
    const places = [...units.keys()].filter((at) => kind.test(units[at] as string));
    if (places.length === 0) return [...units];
    const place = dice.one(places);
    return units.with(place, change(units[place] as string, dice));
  };

const LINE = /^[A-Z]{4,8}\b[^\r\n]*\r\n$/i;

const MUTATIONS: readonly Mutation[] = [
  replaced(LINE, (unit, dice) => unit.slice(0, -2) + dice.one(words.LINE_ENDS)),
  replaced(LINE, (unit, dice) => [...unit].map((letter) => (dice.onceIn(2) ? letter.toLowerCase() : letter)).join('')),
  replaced(/^(?:MAIL|RCPT)/i, (unit, dice) => dice.one(words.SPACINGS)(unit)),
  replaced(LINE, (unit, dice) => dice.one(words.LINE_SPACINGS)(unit)),
  replaced(/^MAIL/i, (unit, dice) => unit.replace(/\r\n$/, `${dice.one(words.MAIL_PARAMETERS)}\r\n`)),
  replaced(/^RCPT/i, (unit, dice) => unit.replace(/\r\n$/, `${dice.one(words.RCPT_PARAMETERS)}\r\n`)),
  replaced(/^RCPT/i, (unit, dice) => unit.replace(/<.*>/, () => dice.one(words.PATHS))),
  replaced(/^RCPT/i, (unit, dice) => unit.replace(/<.*>/, () => dice.one(words.PATHS))),
  replaced(/^MAIL/i, (unit, dice) => unit.replace(/<.*>/, () => dice.one(words.PATHS))),
  replaced(/^(?:EHLO|HELO)/i, (unit, dice) => `${unit.slice(0, 4)}${dice.one(words.HELLOS)}\r\n`),
  replaced(/^BDAT/, (unit, dice) => unit.replace(/^BDAT [^\r\n]*/, (line) => dice.one(words.CHUNK_LINES)(line))),
  replaced(/^[^\r\n]*:[\s\S]*\.\r\n$/, (unit, dice) => dice.one(TEXTS)(unit)),
  replaced(/^[^\r\n]*:[\s\S]*\.\r\n$/, (unit, dice) => dice.one(TEXTS)(unit)),
  replaced(/^[^\r\n]*:[\s\S]*\.\r\n$/, (unit, dice) => smuggled(unit, dice)),
  replaced(LINE, (unit, dice) => overlong(unit, dice)),
  replaced(/./s, (unit, dice) => noisy(unit, dice)),
  replaced(/./s, (unit, dice) => noisy(unit, dice)),
  (units, dice) => units.toSpliced(dice.below(units.length), 0, dice.one(words.COMMANDS)),
  (units, dice) => units.toSpliced(dice.below(units.length), 0, dice.one(words.COMMANDS)),
  (units, dice) => (units.length > 1 ? units.toSpliced(dice.below(units.length), 1) : [...units]),
  (units, dice) => {
    const at = dice.below(units.length);
    return units.toSpliced(at, 0, units[at] as string);
  },
  (units, dice) => {
    const at = dice.below(units.length - 1);
    return units.length < 2 ? [...units] : units.toSpliced(at, 2, units[at + 1] as string, units[at] as string);
  },
  (units, dice) => {
    const at = dice.below(units.length);
    const unit = units[at] as string;
    const cut = 1 + dice.below(Math.max(1, unit.length - 1));
    return unit.length < 2 ? [...units] : units.toSpliced(at, 1, unit.slice(0, cut), unit.slice(cut));
  },
];

function overlong(unit: string, dice: Dice): string {
  const fill = dice.one(words.LENGTHS) - unit.length;
  if (fill <= 0) return unit;
  const place = dice.below(3);
  if (place === 0) return `${unit.slice(0, -2)}${' '.repeat(fill)}\r\n`;
  if (place === 1) return `${unit.slice(0, -2)} ${'x'.repeat(fill)}\r\n`;
  return unit.replace(/@|\b\r\n|$/, (found) => `${'y'.repeat(fill)}${found}`);
}

/** A letter with something inside it that some server takes for its end, and commands behind that. */
function smuggled(unit: string, dice: Dice): string {
  const commands = dice.one([
    'MAIL FROM:<evil@sender.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\nSubject: two\r\n\r\nsecond\r\n',
    'RSET\r\n',
    'QUIT\r\n',
  ]);
  return `${unit.replace(/\r\n\.\r\n$/, '')}${dice.one(FALSE_ENDINGS)}${commands}.\r\n`;
}

/** One to three bytes put in, taken out or changed. */
function noisy(unit: string, dice: Dice): string {
  let text = unit;
  for (let left = 1 + dice.below(3); left > 0; left--) {
    const at = dice.below(text.length + 1);
    const byte = String.fromCharCode(dice.onceIn(3) ? dice.below(256) : dice.one(words.TELLING));
    text = text.slice(0, at) + (dice.onceIn(4) ? '' : byte) + text.slice(dice.onceIn(2) ? at : at + 1);
  }
  return text;
}

function pipelined(units: readonly string[], dice: Dice): string[] {
  const groups: string[] = [];
  for (const unit of units) {
    if (groups.length > 0 && dice.onceIn(2)) groups[groups.length - 1] += unit;
    else groups.push(unit);
  }
  return groups;
}
