import { UnreachedError, type UnreachedReason } from '../../finding/unreached.ts';
import type { Failure } from '../../net/dialler.ts';
import type { Turn } from '../../net/pace.ts';
import type { SmtpConnection } from '../../net/smtp-connection.ts';
import { offers, readEhlo } from '../../wire/smtp/ehlo.ts';
import { type Reply, replyText } from '../../wire/smtp/reply.ts';
import type { EndpointTarget, Probe, ScanTools } from '../probe.ts';
import type { Exchange, TlsSeen, VisitSeen, VisitStep } from './visit-seen.ts';

/** Letters of the names that cannot exist: 26^16 leaves no room for chance. */
const TOKEN_LENGTH = 16;
/** Where TLS comes before the greeting (submissions, RFC 8314 §7.3). */
const IMPLICIT_TLS_PORT = 465;
/** Characters of a stranger's text that a reason quotes. */
const QUOTE_MAX = 200;

/**
 * Visits an SMTP server once, as any sending server may: one connection, no DATA, at most three provoked errors, and no
 * word sent before the last reply is complete. It stops when the server says that it has had enough.
 */
export const visit: Probe<'visit', EndpointTarget, VisitSeen> = {
  name: 'visit',
  connections: 1,
  async look(target, tools) {
    const signal = tools.signal === undefined ? {} : { signal: tools.signal };
    const turn = await tools.pace.enter(target.address, tools.signal);
    if (!turn.ok) throw new UnreachedError(turn.reason, turn.detail);
    try {
      const opened = await tools.smtp.open(target.pinned ?? target, signal);
      if (!opened.ok) throw new UnreachedError(opened.reason, opened.detail);
      try {
        return await converse(opened.connection, turn, target, tools);
      } finally {
        opened.connection.close();
      }
    } finally {
      turn.leave();
    }
  },
  *missed({ ended }) {
    // Whoever hangs up at QUIT has said all before it.
    if (ended.how === 'done' || ended.step === 'quit') return;
    const detail = ended.detail === undefined ? {} : { detail: ended.detail };
    yield { part: `the visit from ${STEP_WORDS[ended.step] ?? ended.step} on`, reason: ended.how, ...detail };
  },
};

/** Steps whose name is not what a person calls them. */
const STEP_WORDS: { readonly [S in VisitStep]?: string } = {
  greeting: 'its greeting',
  ehlo: 'EHLO',
  helo: 'HELO',
  help: 'HELP',
  vrfy: 'VRFY',
  unknown: 'an unknown command',
  starttls: 'STARTTLS',
  ehloAfterTls: 'EHLO inside TLS',
  mail: 'MAIL',
  recipient: 'RCPT',
  rset: 'RSET',
};

async function converse(
  connection: SmtpConnection,
  turn: Turn,
  target: EndpointTarget,
  tools: ScanTools,
): Promise<VisitSeen> {
  const steps: { [S in VisitStep]?: Exchange } = {};
  const randomRecipient = `${tools.token(TOKEN_LENGTH)}@${mailDomain(target.domain)}`;
  const implicit = target.port === IMPLICIT_TLS_PORT;
  const state: { ended: VisitSeen['ended']; tls?: TlsSeen } = { ended: { how: 'done' } };

  function end(step: VisitStep, how: UnreachedReason, detail: string): null {
    state.ended = { how, step, detail: detail.slice(0, QUOTE_MAX) };
    return null;
  }

  /** Notes an exchange. Null if there was none, or if the server wants no more: the visit is over then. */
  function note(step: VisitStep, command: string | null, answer: Awaited<ReturnType<SmtpConnection['command']>>) {
    if (!answer.ok) return end(step, answer.reason, answer.detail);
    const { reply, at, took } = answer;
    steps[step] = { command, reply, at, took };
    if (reply.code !== 421) return reply;
    turn.stop(quote(reply));
    return end(step, 'throttled', quote(reply));
  }

  const ask = async (step: VisitStep, command: string) => note(step, command, await connection.command(command));

  /** Asks what may well be refused, and only if the budget of errors has more left than the later steps need. */
  async function provoke(step: VisitStep, command: string, reserve: number): Promise<Reply | null | 'spared'> {
    if (turn.errorsLeft <= reserve) return 'spared';
    const reply = await ask(step, command);
    if (reply !== null && reply.code >= 400) turn.provoked();
    return reply;
  }

  async function hello(): Promise<{ readonly startTls: boolean } | null> {
    const ehlo = await ask('ehlo', `EHLO ${tools.asker.hostName}`);
    if (ehlo === null) return null;
    if (ehlo.code === 250) return { startTls: offers(readEhlo(ehlo), 'STARTTLS') !== undefined };
    // RFC 5321 §3.2: who does not know EHLO may know HELO.
    const helo = await ask('helo', `HELO ${tools.asker.hostName}`);
    if (helo === null) return null;
    return helo.code === 250 ? { startTls: false } : end('helo', 'rejected', quote(helo));
  }

  async function secure(): Promise<boolean> {
    const ready = await ask('starttls', 'STARTTLS');
    if (ready === null) return false;
    // Offered and then refused: a fault of the server, but the visit can go on in clear.
    if (ready.code !== 220) return true;
    const began = await connection.startTls({ servername: target.name });
    if ('ok' in began) return end('starttls', began.reason, began.detail) !== null;
    const tls = readOutcome(began);
    state.tls = tls;
    if (tls.state === 'failed') return end('starttls', 'tls-failed', tls.detail) !== null;
    return (await ask('ehloAfterTls', `EHLO ${tools.asker.hostName}`)) !== null;
  }

  async function walk(): Promise<void> {
    const met = await hello();
    if (met === null) return;
    // One error stays reserved for the recipient, who tells most; the unknown word is the first to be given up.
    if ((await provoke('help', 'HELP', 1)) === null) return;
    if ((await provoke('vrfy', `VRFY ${tools.token(TOKEN_LENGTH)}`, 1)) === null) return;
    if ((await provoke('unknown', unknownWord(tools), 1)) === null) return;
    if (met.startTls && !implicit && !(await secure())) return;
    const mail = await ask('mail', `MAIL FROM:<${tools.asker.mailbox}>`);
    if (mail === null) return;
    if (mail.code < 300 && (await provoke('recipient', `RCPT TO:<${randomRecipient}>`, 0)) === null) return;
    if ((await ask('rset', 'RSET')) === null) return;
    await ask('quit', 'QUIT');
  }

  if (implicit) state.tls = await wrapped(connection, target);
  const greeting = note('greeting', null, await connection.greeting());
  if (steps.greeting === undefined) throw unanswered(state.ended);
  if (greeting !== null) {
    if (greeting.code === 220) await walk();
    else end('greeting', turnedAway(greeting), quote(greeting));
  }
  if (state.ended.how === 'throttled') turn.stop(state.ended.detail ?? '');
  return {
    lines: [...connection.lines],
    steps,
    ...state,
    ...(implicit ? { implicitTls: true } : {}),
    randomRecipient,
  };
}

/** Begins TLS where it comes first. Without it nothing can be asked. */
async function wrapped(connection: SmtpConnection, target: EndpointTarget): Promise<TlsSeen> {
  const began = await connection.startTls({ servername: target.name });
  if ('ok' in began) throw new UnreachedError(began.reason, began.detail);
  const tls = readOutcome(began);
  if (tls.state === 'failed') throw new UnreachedError('tls-failed', `no TLS before the greeting: ${tls.detail}`);
  return tls;
}

/** A greeting that never came whole leaves nothing to judge. */
function unanswered(ended: VisitSeen['ended']): UnreachedError {
  return ended.how === 'done'
    ? new UnreachedError('internal')
    : new UnreachedError(ended.how, ended.detail === undefined ? 'no greeting' : `no greeting: ${ended.detail}`);
}

/** A greeting of 4yz asks to come back later; 5yz turns the asker away (RFC 5321 §3.1). */
function turnedAway(greeting: Reply): UnreachedReason {
  if (greeting.code >= 500) return 'rejected';
  return greeting.code >= 400 ? 'throttled' : 'protocol';
}

function readOutcome(began: Exclude<Awaited<ReturnType<SmtpConnection['startTls']>>, Failure>): TlsSeen {
  const { outcome, leftover } = began;
  if (!outcome.ok) return { state: 'failed', detail: outcome.detail, fault: outcome.fault };
  const { protocol, cipher, chain, distrust, nameMatches, ephemeralBits } = outcome;
  return {
    state: 'established',
    protocol,
    cipher,
    chain,
    distrust,
    nameMatches,
    ...(ephemeralBits === null ? {} : { ephemeralBits }),
    ...(leftover === 0 ? {} : { carriedOver: leftover }),
  };
}

/** A word that no extension has or will have. */
function unknownWord(tools: ScanTools): string {
  return `X${tools.token(7).toUpperCase()}`;
}

/** RFC 5321 §4.1.3: a server without a name is written as an address literal. */
function mailDomain(domain: string): string {
  if (domain.includes(':')) return `[IPv6:${domain}]`;
  return /^[\d.]+$/.test(domain) ? `[${domain}]` : domain;
}

function quote(reply: Reply): string {
  return `${reply.code} ${replyText(reply)}`.slice(0, QUOTE_MAX);
}
