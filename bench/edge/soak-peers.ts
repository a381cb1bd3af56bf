/** Who comes to the edge in a soak: honest senders who try again, and several kinds who do not behave. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Dialogue, dialogue } from '../../test/harness/dialogue.ts';

export interface Visit {
  readonly port: number;
  /** True when it is time to go. */
  readonly over: () => boolean;
  /** Numbers from 0 to 1. */
  readonly chance: () => number;
}

/** What honest senders have seen. */
export interface Letters {
  /** Ids with a recipient, of letters that were answered with 250. */
  readonly acknowledged: Set<string>;
  /** What was tried and will be tried again. */
  putOff: number;
  /** Answers for good, of which there should be none. */
  readonly refused: string[];
}

const HONEST = '127.0.0.9';
/** Milliseconds between two letters of one sender, and between two tries of one letter. */
const BETWEEN = 60;
const AGAIN = 500;
const KILOBYTES = [1, 1, 1, 10, 10, 100];
const LINE = 'The quick brown fox jumps over the lazy dog, and then sits down to write a letter.\r\n';

/** Sends letters, a few of them inside TLS, until it is over; each is tried until it is taken. */
export async function honest(name: string, { port, over, chance }: Visit, letters: Letters): Promise<void> {
  for (let number = 0; !over(); number++) {
    const id = `${name}-${number}`;
    const to = chance() < 0.3 ? ['bob@example.test', 'eve@example.test'] : ['bob@example.test'];
    const size = KILOBYTES[Math.floor(chance() * KILOBYTES.length)] as number;
    const text = `From: <a@sender.test>\r\nSubject: soak\r\nX-Soak: ${id}\r\n\r\n${LINE.repeat(size * 12)}.`;
    // Recipients that are put off are tried again by themselves, as a mail server does.
    for (let left = to; left.length > 0; ) {
      const { taken, answer } = await letter(port, left, text, chance() < 0.1);
      for (const recipient of taken) letters.acknowledged.add(`${id} ${recipient}`);
      left = left.filter((recipient) => !taken.includes(recipient));
      if (left.length === 0) break;
      if (answer.startsWith('5')) {
        letters.refused.push(answer);
        break;
      }
      letters.putOff++;
      await pause(AGAIN);
    }
    await pause(BETWEEN);
  }
}

interface Outcome {
  /** Recipients for whom it was answered with 250. */
  readonly taken: readonly string[];
  /** The last answer, empty if the connection was lost. */
  readonly answer: string;
}

async function letter(port: number, to: readonly string[], text: string, inTls: boolean): Promise<Outcome> {
  let line: Dialogue | null = null;
  const failed = (answer: string): Outcome => ({ taken: [], answer });
  try {
    line = await dialogue(port, { localAddress: HONEST });
    let answer = await line.next();
    if (!answer.startsWith('220')) return failed(answer);
    answer = await line.say('EHLO mx.sender.test');
    if (inTls && answer.startsWith('250') && (await line.say('STARTTLS')).startsWith('220')) {
      await line.startTls();
      answer = await line.say('EHLO mx.sender.test');
    }
    if (answer.startsWith('250')) answer = await line.say('MAIL FROM:<a@sender.test>');
    if (!answer.startsWith('250')) return failed(answer);
    const accepted: string[] = [];
    for (const one of to) {
      answer = await line.say(`RCPT TO:<${one}>`);
      if (answer.startsWith('250')) accepted.push(one);
    }
    if (accepted.length === 0) return failed(answer);
    answer = await line.say('DATA');
    if (!answer.startsWith('354')) return failed(answer);
    answer = await line.say(text);
    return { taken: answer.startsWith('250') ? accepted : [], answer };
  } catch {
    return failed('');
  } finally {
    line?.close();
  }
}

const STEPS = ['EHLO mx.sender.test', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<bob@example.test>', 'DATA'];

/** Goes away without a word, at any step, in the middle of a text or in the middle of a handshake. */
export async function dropper({ port, over, chance }: Visit): Promise<void> {
  while (!over()) {
    const line = await dialogue(port, { localAddress: HONEST }).catch(() => null);
    if (line === null) continue;
    try {
      await line.next();
      const steps = Math.floor(chance() * (STEPS.length + 2));
      for (const step of STEPS.slice(0, steps)) await line.say(step);
      if (steps > STEPS.length) line.send(`Subject: half\r\n\r\n${LINE.repeat(200)}`);
      else if (chance() < 0.3) line.send('STARTTLS\r\n\x16\x03\x01');
    } catch {
      // Turned away, or too late: it goes anyway.
    }
    line.close();
    await pause(50 + 100 * chance());
  }
}

/** Writes a letter byte by byte, and after a while leaves it. */
export async function slowWriter({ port, over, chance }: Visit, address: string): Promise<void> {
  while (!over()) {
    const line = await dialogue(port, { localAddress: address }).catch(() => null);
    if (line !== null) {
      await talkSlowly(line, over, chance).catch(() => undefined);
      line.close();
    }
    await pause(200);
  }
}

async function talkSlowly(line: Dialogue, over: () => boolean, chance: () => number): Promise<void> {
  await line.next();
  for (const step of STEPS) if (!/^[23]/.test(await line.say(step))) return;
  const text = `Subject: slow\r\n\r\n${LINE}`;
  const bytes = 20 + 200 * chance();
  for (let at = 0; at < bytes && !over() && !line.closed; at++) {
    line.send(text[at % text.length] as string);
    await pause(100);
  }
}

/** Sits there and says a byte now and then, and comes again when it is sent away. */
export async function idler({ port, over, chance }: Visit, address: string): Promise<void> {
  while (!over()) {
    const line = await dialogue(port, { localAddress: address }).catch(() => null);
    const greeting = await line?.next().catch(() => '');
    const until = performance.now() + 20_000 + 60_000 * chance();
    while (line !== null && greeting?.startsWith('220') && !line.closed && !over() && performance.now() < until) {
      line.send('N');
      await pause(5_000);
    }
    line?.close();
    await pause(500 + 500 * chance());
  }
}
