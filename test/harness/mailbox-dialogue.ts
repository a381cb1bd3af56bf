/** Dialogues with servers of mailboxes, as transcripts that `mailward identify` reads. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

export interface MailboxProtocol {
  readonly name: 'lmtp' | 'imap' | 'pop3';
  readonly lines: readonly string[];
  /** True if the line is the last of the answer. */
  readonly ended: (command: string | undefined, line: string) => boolean;
}

/** What is asked in each protocol. Nothing logs in, and no message is sent. */
export const MAILBOX_PROTOCOLS: readonly MailboxProtocol[] = [
  {
    name: 'lmtp',
    lines: [
      'LHLO client.example.test',
      'VRFY nobody.here',
      'XNONSENSE',
      'MAIL FROM:<>',
      'RCPT TO:<nobody.here@example.test>',
      'QUIT',
    ],
    ended: (_, line) => /^\d{3} /.test(line),
  },
  { name: 'imap', lines: ['a CAPABILITY', 'a XNONSENSE', 'a LOGOUT'], ended: (_, line) => line.startsWith('a ') },
  {
    name: 'pop3',
    lines: ['CAPA', 'XNONSENSE', 'USER nobody.here', 'QUIT'],
    ended: (command, line) => (command === 'CAPA' ? line === '.' : /^(?:\+OK|-ERR)/.test(line)),
  },
];

/** What another product would have greeted with, as a line of a transcript. */
export const FORGED: Readonly<Record<MailboxProtocol['name'], string>> = {
  lmtp: 'S: 220 mx.example.test ESMTP Exim 4.84.2',
  imap: 'S: * OK [CAPABILITY IMAP4rev1 UIDPLUS CHILDREN] Courier-IMAP ready. Copyright 1998-2008 Double Precision, Inc.',
  pop3: 'S: +OK Qpopper (version 4.0.3) at mx.example.test starting.',
};

/** A dialogue as a transcript, line by line; the greeting is one line. */
export async function listen(
  { address, port }: { readonly address: string; readonly port: number },
  { lines, ended }: MailboxProtocol,
): Promise<string[]> {
  const socket = connect({ host: address, port, signal: AbortSignal.timeout(20_000) });
  const transcript: string[] = [];
  const left = [...lines];
  let asked: string | undefined;
  try {
    for await (const line of createInterface({ input: socket })) {
      transcript.push(`S: ${line}`);
      if (transcript.length > 1 && !ended(asked, line)) continue;
      asked = left.shift();
      if (asked === undefined) break;
      transcript.push(`C: ${asked}`);
      socket.write(`${asked}\r\n`);
    }
  } finally {
    socket.destroy();
  }
  return transcript;
}
