import { readAddress } from '../../src/edge/commands/address.ts';
import { DEFAULT_CONTROLS } from '../../src/edge/controls.ts';
import type { Logins } from '../../src/edge/upstream/logins.ts';
import { showMailbox } from '../../src/wire/smtp/path.ts';
import { openSession } from '../harness/edge-session.ts';
import type { FuzzTarget } from './target.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** One piece, as `playTo` cuts them: `~` is filled up with letters until the first byte tells its length. EHLO and DATA must end a piece. */
const piece = (text: string): string =>
  text.replace('~', 'a'.repeat(1 + (text.charCodeAt(0) % 200) - (text.length - 1)));

/** Lines that a session may say for each byte it hears: a stranger must not make it talk. */
const REPLIES_PER_BYTE = 1;
/** EHLO's answer, and the last line. */
const REPLIES_FREE = 30;

const logins: Logins = {
  mechanisms: ['PLAIN', 'LOGIN'],
  check: async () => ({ kind: 'unknown', detail: '' }),
};

/** Recipients have tags taken off, so that what is left must be an address still. */
const controls = {
  ...DEFAULT_CONTROLS,
  bounceTags: {
    keys: [{ number: 1, secret: 'of the fuzzer' }] as const,
    domains: new Set(['here.example']),
    plainTo: new Set<string>(),
    letIn: new Set<string>(),
    refuseAt: 'message' as const,
  },
};

/** Plays bytes to a session in pieces whose length they choose themselves; TLS is done as soon as it is asked for. */
function playTo(bytes: Uint8Array, submission: boolean): void {
  let said = '';
  const extensions = { chunking: true, smtpUtf8: true, dsn: true, requireTls: true };
  const wish = {
    options: { extensions, controls },
    limits: { messageSize: 2_000 },
    setting: submission ? { logins } : {},
    hear: (text: string) => {
      said += text;
    },
  };
  const { session } = openSession(wish);
  session.start();
  if (submission) session.secured({ protocol: 'TLSv1.3', cipher: 'x' });
  for (let at = 0; at < bytes.length && session.open; ) {
    const length = 1 + ((bytes[at] as number) % 200);
    session.ingest(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
    for (const { mailbox } of session.recipients)
      if (readAddress(`TO:<${showMailbox(mailbox)}>`, 'TO:') === null) throw new Error('what goes on is no address');
  }
  if (!/^(?:\d{3}[ -][^\r\n]*\r\n)*$/.test(said)) throw new Error('something that is no reply was said');
  if (said.split('\n').length > REPLIES_FREE + REPLIES_PER_BYTE * bytes.length) throw new Error('it talks too much');
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]/.test(said)) throw new Error('it says a stranger’s bytes');
  session.expire();
  if (session.open) throw new Error('a deadline does not end it');
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'edge-session',
    seeds: [
      bytesOf(
        'EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\nx: y\r\n\r\n..z\r\n.\r\nQUIT\r\n',
      ),
      bytesOf(
        'EHLO a\r\nMAIL FROM:<> SIZE=1 BODY=8BITMIME RET=HDRS ENVID=a+2B\r\nRCPT TO:<postmaster> NOTIFY=NEVER\r\n',
      ),
      bytesOf(
        `${piece('EHLO ~\r\n')}${piece('MAIL FROM:<a@b>\r\nRCPT TO:<prvs=1007abcdef=b~.c@here.example>\r\n')}DATA\r\n\r\nx\r\n.\r\n`,
      ),
      bytesOf(
        `${piece('EHLO ~\r\n')}${piece('MAIL FROM:<~@b>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n')}x: y\r\n\r\n..z\r\n.\r\nQUIT\r\n`,
      ),
      bytesOf('HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@here.example>\r\nBDAT 5\r\na: b\rBDAT 2 LAST\r\n\n\r\nRSET\r\n'),
      bytesOf('EHLO a\r\nAUTH PLAIN\r\nAGEAYg==\r\nAUTH LOGIN YQ==\r\n*\r\nNOOP\r\nVRFY x\r\nHELP\r\n'),
    ],
    alphabet: 'EHLOMAIRCPTDBQUNS FROM:<@.>=+*\r\n\0 0123456789\xff',
    run(bytes) {
      playTo(bytes, false);
      playTo(bytes, true);
    },
  },
];
