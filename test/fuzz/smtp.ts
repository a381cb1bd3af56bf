import { parseTarget } from '../../src/scan/target.ts';
import { takeCommand } from '../../src/wire/smtp/command.ts';
import { DataScanner, stuffDots, undot } from '../../src/wire/smtp/data-scanner.ts';
import { readEhlo } from '../../src/wire/smtp/ehlo.ts';
import { readPath } from '../../src/wire/smtp/path.ts';
import { createReplyReader, type ReplyEvent } from '../../src/wire/smtp/reply-reader.ts';
import { readTranscript, writeTranscript } from '../../src/wire/smtp/transcript.ts';
import type { FuzzTarget } from './target.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Everything a reader says of the bytes, in pieces of `step`. */
function readReplies(bytes: Uint8Array, step: number): readonly ReplyEvent[] {
  const reader = createReplyReader();
  const events: ReplyEvent[] = [];
  for (let at = 0; at < bytes.length; at += step) events.push(...reader.push(bytes.subarray(at, at + step)));
  return events;
}

function same(a: unknown, b: unknown, what: string): void {
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${what} differ`);
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'smtp-reply',
    whole: true,
    seeds: [
      bytesOf('220 mx ESMTP\r\n250-mx\r\n250-SIZE 100\r\n250-AUTH PLAIN LOGIN\r\n250 HELP\r\n'),
      bytesOf('220-\n220\r\r\n250 a\0b\r\n'),
    ],
    alphabet: '2450- \r\n\0.AUTHSIZE=',
    run: (bytes) => {
      const events = readReplies(bytes, bytes.length || 1);
      same(events, readReplies(bytes, 7), 'readings whole and in pieces');
      for (const event of events) if (event.kind === 'reply') readEhlo(event.reply);
    },
  },
  {
    name: 'smtp-command',
    seeds: [bytesOf('EHLO a.example\r\nMAIL FROM:<a@b.example> SIZE=1\r\n'), bytesOf('RCPT TO:<"a b"@[IPv6:::1]>\r\n')],
    alphabet: 'MAIL FROM:<>@."\\[]=\r\n\0 ',
    run: (bytes) => {
      takeCommand(bytes, 0, 1_000);
      readPath(textOf(bytes).slice(0, 2_000));
    },
  },
  {
    name: 'smtp-data',
    seeds: [bytesOf('a: b\r\n\r\n..one\r\n.\r\nQUIT\r\n'), bytesOf('\n.\r\n\r.\r\n\r\n.\n')],
    alphabet: '\r\n.\0a',
    run: (bytes) => {
      const whole = new DataScanner().push(Buffer.from(bytes));
      const pieces = new DataScanner();
      let end = -1;
      for (let at = 0; at < bytes.length && end < 0; at++) {
        const found = pieces.push(Buffer.from(bytes.subarray(at, at + 1)));
        if (found >= 0) end = at + found;
      }
      same(whole, end, 'the end of a message whole and byte by byte');
      undot(stuffDots(Buffer.from(bytes)));
    },
  },
  {
    name: 'transcript',
    whole: true,
    seeds: [bytesOf('# why\nS: 220 *\nC: EHLO a\nC> "one\\r\\n\\x00" x 3\nS!\n')],
    alphabet: 'CS:>!# "\\xrn0*9\n',
    run: (bytes) => {
      const { steps } = readTranscript(textOf(bytes));
      const again = readTranscript(writeTranscript(steps));
      // A note is for a reader, and loses what would break its line.
      const kinds = (read: typeof steps) =>
        read.flatMap(({ line: _, ...step }) => (step.kind === 'note' ? [] : [step]));
      same(kinds(again.steps), kinds(steps), 'a transcript and what it is written as');
    },
  },
  {
    name: 'scan-target',
    whole: true,
    seeds: [
      bytesOf('mx.example.com:25'),
      bytesOf('[::1]:2525'),
      bytesOf('a@b.example'),
      bytesOf('https://x.example/y'),
    ],
    alphabet: 'ax.-_:/[]@1\xe4\xff',
    run: (bytes) => void parseTarget(textOf(bytes)),
  },
];
