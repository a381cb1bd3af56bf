import type { Act, ServerSession } from '../net/listener.ts';

/** Who a loose server is, and whom it tells. */
export interface LooseSetting {
  readonly host: string;
  readonly domain: string;
  /** Local parts that have a mailbox. */
  readonly accounts: readonly string[];
  /** Called with each message for an account, its lines ended by CRLF. */
  readonly deliver: (account: string, message: Buffer) => void;
  /** STARTTLS is offered. */
  readonly tls?: boolean;
}

/** Bytes that a practice server holds of one session; beyond, it hangs up: it is no target either. */
const HELD_MOST = 8_388_608;

/**
 * A mail server as they were built before anybody attacked them: it believes everybody, ends lines and messages wherever one could end,
 * keeps no limit, tells who has a mailbox, and says its name at every turn. For practice on loopback only.
 */
export function createLooseSession(setting: LooseSetting): ServerSession {
  const { host, domain, accounts, deliver, tls = false } = setting;
  let rest = '';
  let held = 0;
  let secure = false;
  let recipients: string[] = [];
  let message: string[] | null = null;
  /** An answer of AUTH is to come. */
  let asked = false;
  /** Bytes of a BDAT chunk that are still to come. */
  let chunk = 0;

  const known = (address: string): boolean => {
    const [local = '', at = domain] = address.toLowerCase().split('@');
    return at !== domain || accounts.includes(local);
  };
  const end = (): string => {
    const text = Buffer.from((message ?? []).map((line) => `${line}\r\n`).join(''), 'latin1');
    message = null;
    for (const recipient of recipients) {
      const [local = '', at = domain] = recipient.toLowerCase().split('@');
      if (at === domain && accounts.includes(local)) deliver(local, text);
    }
    recipients = [];
    return '250 2.0.0 Ok: queued as 4D1C0FFEE';
  };

  function obey(line: string): string {
    const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
    const argument = line.slice(verb.length + 1);
    const address = /<([^>]*)>/.exec(argument)?.[1] ?? argument.trim();
    switch (verb) {
      case 'EHLO':
        return `250-${host}\r\n250-PIPELINING\r\n250-SIZE\r\n250-VRFY\r\n250-8BITMIME\r\n${tls && !secure ? '250-STARTTLS\r\n' : ''}250-AUTH PLAIN LOGIN NTLM\r\n250-XCLIENT NAME ADDR\r\n250 CHUNKING`;
      case 'HELO':
        return `250 ${host}`;
      case 'MAIL':
        return '250 2.1.0 Ok';
      case 'RCPT':
        if (!known(argument.replace(/^TO:\s*</i, '').replace(/>.*$/, '')))
          return `550 5.1.1 <${address}>: Recipient address rejected: User unknown in local recipient table`;
        recipients.push(argument.replace(/^TO:\s*</i, '').replace(/>.*$/, ''));
        return '250 2.1.5 Ok';
      case 'DATA':
        message = [];
        return '354 End data with <CR><LF>.<CR><LF>';
      case 'BDAT':
        // Number() reads what a size must not be: hexadecimal, signs, and more than any counter holds.
        chunk = Number(BigInt.asUintN(64, BigInt(argument.trim().split(' ')[0]?.replace('+', '') || 0)));
        return '';
      case 'VRFY':
        return known(argument) ? `250 2.1.5 ${argument}` : `550 5.1.1 <${argument}>: User unknown`;
      case 'EXPN':
        return `250 2.1.5 <${accounts[0]}@${domain}>`;
      case 'AUTH':
        if (argument.includes(' ')) return '535 5.7.8 Error: authentication failed';
        asked = true;
        return '334 VXNlcm5hbWU6';
      case 'HELP':
        return '214 2.0.0 This is the mail server of the practice range';
      case 'XCLIENT':
        return `220 ${host} ESMTP Postfix`;
      case 'RSET':
      case 'NOOP':
      case 'XFORWARD':
        return '250 2.0.0 Ok';
      case 'PROXY':
        return '';
      case 'QUIT':
        return '221 2.0.0 Bye';
      default:
        return '500 5.5.2 Error: command not recognized';
    }
  }

  function take(line: string): Act[] {
    if (message !== null) {
      if (line === '.') return [said(end())];
      message.push(line.startsWith('.') ? line.slice(1) : line);
      return [];
    }
    if (line === '') return [];
    if (asked) {
      asked = false;
      if (line === '*') return [said('501 5.7.0 Authentication aborted')];
      return [said(line.startsWith('TlRM') ? `334 ${NTLM_CHALLENGE}` : '535 5.7.8 Error: authentication failed')];
    }
    // What came in clear behind STARTTLS is kept, and answered inside TLS: CVE-2011-0411.
    if (tls && !secure && /^STARTTLS$/i.test(line)) {
      secure = true;
      return [said('220 2.0.0 Ready to start TLS'), { act: 'secure' }];
    }
    const answer = obey(line);
    if (answer === '') return [];
    return /^QUIT$/i.test(line) ? [said(answer), { act: 'hang-up' }] : [said(answer)];
  }

  return {
    open: () => [said(`220 ${host} ESMTP Postfix`)],
    ingest(bytes) {
      const acts: Act[] = [];
      held += bytes.length;
      if (held > HELD_MOST) return [{ act: 'hang-up' }];
      rest += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replace(PROXY_2, '');
      while (rest !== '') {
        if (chunk > 0) {
          const part = rest.slice(0, chunk);
          rest = rest.slice(part.length);
          chunk -= part.length;
          message = [...(message ?? []), ...part.split('\r\n')];
          if (chunk === 0) acts.push(said(end()));
          continue;
        }
        const found = /\r+\n|\n|\r/.exec(rest);
        // A CR at the end of what came may yet be followed by its LF; it counts as an end all the same.
        if (found === null) break;
        const line = rest.slice(0, found.index).replaceAll('\0', '');
        rest = rest.slice(found.index + found[0].length);
        acts.push(...take(line));
      }
      return acts;
    },
  };
}

/** What NTLM is answered: it names OFFICE, office.local and server1.office.local ([MS-NLMP] §2.2.1.2). */
const NTLM_CHALLENGE =
  'TlRMTVNTUAACAAAADAAMADgAAAABAoAAAAAAAAAAAAAAAAAAAAAAAG4AbgBEAAAAAAAAAAAAAABPAEYARgBJAEMARQABAA4AUwBFAFIAVgBFAFIAMQACAAwATwBGAEYASQBDAEUAAwAoAHMAZQByAHYAZQByADEALgBvAGYAZgBpAGMAZQAuAGwAbwBjAGEAbAAEABgAbwBmAGYAaQBjAGUALgBsAG8AYwBhAGwAAAAAAA==';

/** The head of the PROXY protocol, version 2, over IPv4. */
const PROXY_2 = /^\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c[\s\S]{12}/;

function said(text: string): Act {
  return { act: 'send', bytes: Buffer.from(`${text}\r\n`, 'latin1') };
}
