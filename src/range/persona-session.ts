import type { Act, ServerSession } from '../net/listener.ts';
import { DataScanner, undot } from '../wire/smtp/data-scanner.ts';
import type { TakenMessage } from './bounce.ts';
import { mailDate } from './mail-date.ts';
import { answerOf, type Persona, type PersonaAnswer } from './persona.ts';

/** Who a persona is on this machine, and whom it tells. */
export interface PersonaSetting {
  readonly host: string;
  readonly domain: string;
  /** Where the client comes from, as the server sees it. */
  readonly peer: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called with a message that the persona took. */
  readonly took: (message: TakenMessage) => void;
}

/** Bytes of a command line, and of a message, after which a practice server hangs up: it is no target either. */
const LINE_MAX = 4_096;
const MESSAGE_MAX = 1_048_576;

/** Plays a persona: bytes in, acts out. */
export function createPersonaSession(persona: Persona, setting: PersonaSetting): ServerSession {
  let held = Buffer.alloc(0);
  let scanner: DataScanner | null = null;
  let message: Buffer[] = [];
  let sender = '';
  let recipient = '';
  let helo = '';

  function perform({ lines, deeds }: PersonaAnswer, command: string, argument: string): Act[] {
    const acts: Act[] = [
      {
        act: 'send',
        bytes: Buffer.from(lines.map((line) => `${fill(line, command, argument)}\r\n`).join(''), 'latin1'),
      },
    ];
    for (const deed of deeds) {
      if (deed === 'take') setting.took({ sender, recipient, helo, bytes: undot(Buffer.concat(message)) });
      else acts.push(deed === 'close' ? { act: 'hang-up' } : { act: 'secure' });
    }
    return acts;
  }

  function fill(line: string, command: string, argument: string): string {
    const at = new Date(setting.now());
    const values: Readonly<Record<string, string>> = {
      host: setting.host,
      domain: setting.domain,
      peer: setting.peer,
      helo,
      command,
      argument,
      address: /<([^>]*)>/.exec(argument)?.[1] ?? argument,
      date: mailDate(at),
      id: at.getTime().toString(36).toUpperCase(),
    };
    return line.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  }

  function obey(line: string): Act[] {
    const [verb = ''] = line.toUpperCase().split(' ', 1);
    const argument = line.slice(verb.length + 1);
    if (verb === 'EHLO' || verb === 'HELO') helo = argument;
    if (verb === 'MAIL') sender = /<([^>]*)>/.exec(argument)?.[1] ?? '';
    if (verb === 'RCPT') recipient = /<([^>]*)>/.exec(argument)?.[1] ?? '';
    const answer = answerOf(persona, line, setting.domain);
    if (answer === undefined) return [{ act: 'hang-up' }];
    if (verb === 'DATA' && answer.lines.some((text) => text.startsWith('354'))) {
      scanner = new DataScanner();
      message = [];
    }
    return perform(answer, line, argument);
  }

  return {
    open: () => perform(persona.greeting, '', ''),
    ingest(bytes) {
      held = Buffer.concat([held, bytes]);
      const acts: Act[] = [];
      for (;;) {
        if (scanner !== null) {
          const end = scanner.push(held);
          message.push(held);
          const over = scanner.size > MESSAGE_MAX;
          held = end < 0 ? Buffer.alloc(0) : held.subarray(end);
          if (end < 0) return over ? [...acts, { act: 'hang-up' }] : acts;
          message = [Buffer.concat(message).subarray(0, scanner.size)];
          scanner = null;
          acts.push(...perform(answerOf(persona, '.') ?? { lines: ['250 OK'], deeds: [] }, '', ''));
        }
        const newline = held.indexOf('\n');
        if (newline < 0) return held.length > LINE_MAX ? [...acts, { act: 'hang-up' }] : acts;
        const line = held.toString('latin1', 0, newline).replace(/\r$/, '');
        held = held.subarray(newline + 1);
        acts.push(...obey(line));
      }
    },
  };
}
