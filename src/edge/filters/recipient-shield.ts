import { networkOf, sharedNetwork } from '../../wire/ip/networks.ts';
import { type Mailbox, showMailbox } from '../../wire/smtp/path.ts';
import { onwardMailbox } from '../envelope/rewrite.ts';
import { type EdgeTools, type Filter, type RecipientWord, shared } from '../filter.ts';
import { noteBad } from '../peers/acquaintance.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { Peer } from '../stage.ts';

export const unknownRecipient: EdgeRule = {
  id: 'recipient/unknown',
  severity: 'info',
  title: 'The recipient does not exist',
  why: 'Taken now, it would have to be bounced later: to a sender that may be forged, and with words that tell of the inside.',
  remedy: [
    {
      platform: '*',
      text: 'If the address is new, wait a few minutes, or add it to the list that recipients.list names.',
    },
  ],
  references: ['RFC 5321 §6.2', 'RFC 5321 §3.3'],
  threat: 'recon/bounce',
  action: 'refuse',
  reply: REPLIES.unknownRecipient,
};
export const uncertainRecipient: EdgeRule = {
  id: 'recipient/not-now',
  severity: 'info',
  title: 'Whether the recipient exists cannot be found out now',
  why: 'To take what may have to be bounced is worse than to let the sender come again.',
  remedy: [{ platform: '*', text: 'Look why the upstream does not answer RCPT.' }],
  references: ['RFC 5321 §4.2.5'],
  threat: 'recon/bounce',
  action: 'defer',
  reply: REPLIES.recipientLater,
};
export const harvest: EdgeRule = {
  id: 'recipient/harvest',
  severity: 'medium',
  title: 'A peer tries one name after the other',
  why: 'What is not refused is a person who works here: somebody to write to, and an account to guess the password of.',
  remedy: [
    {
      platform: '*',
      text: 'Nothing. recipients.harvest sets how many unknown names an address may try; its network may try four times as many.',
    },
  ],
  references: ['RFC 5321 §7.3'],
  threat: 'recon/directory',
  action: 'hang-up',
  reply: REPLIES.goodbye,
};

/** A network (/24, /48) may ask for this many times what one of its addresses may: who rents one guesses from all of it. */
const NETWORK_SHARE = 4;
/** How long an answer of the upstream is believed. Milliseconds. A yes also outlives a time when the upstream is down. */
const YES = 3_600_000;
const YES_WHILE_DOWN = 7 * 86_400_000;
const NO = 5 * 60_000;
/** How long a domain is taken for one whose server accepts every name. */
const ANYBODY = 3_600_000;
/** Questions under way at once; what comes on top is answered by "later". */
const QUESTIONS_MAX = 50;

/**
 * Refuses unknown recipients at RCPT: by a list, else by asking the upstream, whose answers are kept. An address that tries many unknown
 * names is cut off, and so is a network whose addresses each try a few. A list may hold the address that strangers write to or any form that
 * rewriting makes of it; who is asked is asked about the one that goes on to him. Mail of the inside is refused for a name that does not exist,
 * and never deferred because nobody could be asked.
 */
export const recipientShield: Filter = {
  name: 'recipient-shield',
  rules: [unknownRecipient, uncertainRecipient, harvest],
  prepare(tools) {
    const { options, counters, clock } = tools;
    const { list, ask, harvest: bound } = options.controls.recipients;
    if (list === null && !ask) return null;
    const asker = ask ? upstreamAsker(tools) : null;
    /** True if somebody has asked for more unknown names than he may. All that he counts for is counted each time. */
    const isHarvest = (peer: Peer): boolean =>
      guessersOf(peer)
        .map(([guesser, share]) => {
          const bucket = { capacity: share * bound.burst, perSecond: (share * bound.perMinute) / 60 };
          return counters.pour(`unknown:${guesser}`, 1, bucket, clock.now()).full;
        })
        .includes(true);
    return shared({
      rcpt({ peer, recipient }) {
        const { mailbox } = recipient;
        if (!isOurs(mailbox, options.domains)) return undefined;
        const judge = (word: RecipientWord): Hit | undefined => {
          if (word === 'taken') return undefined;
          if (word !== 'refused')
            return peer.inside ? undefined : { rule: uncertainRecipient, because: showMailbox(mailbox) };
          if (!isHarvest(peer)) return { rule: unknownRecipient, because: showMailbox(mailbox) };
          if (peer.account === undefined) noteBad(counters, peer.address, clock.now());
          return { rule: harvest, because: `${showMailbox(mailbox)} was one too many` };
        };
        if (list !== null && [mailbox, ...(recipient.forms ?? [])].some((form) => isListed(form, list)))
          return undefined;
        if (asker === null) return judge('refused');
        const word = asker(onwardMailbox(recipient));
        return typeof word === 'string' ? judge(word) : word.then(judge);
      },
    });
  },
};

/**
 * Who is counted as one that tries names, and how many times the bound is his; empty for nobody. A whole office stands behind the address of an
 * inside server, or of people who logged in: an account is counted, and never its address.
 */
function guessersOf({ account, address, exempt, inside }: Peer): readonly (readonly [who: string, share: number])[] {
  if (account !== undefined) return [[`account ${account.toLowerCase()}`, 1]];
  if (exempt || inside) return [];
  return [
    [sharedNetwork(address), 1],
    [networkOf(address, 24, 48), NETWORK_SHARE],
  ];
}

function isOurs({ domain }: Mailbox, domains: ReadonlySet<string>): boolean {
  return domains.has(domain);
}

/** `local@domain`, `@domain` for all of a domain, or with what stands behind a `+` taken away (RFC 5233). */
function isListed({ local, domain }: Mailbox, list: ReadonlySet<string>): boolean {
  const name = local.toLowerCase();
  if (list.has(`${name}@${domain}`) || list.has(`@${domain}`)) return true;
  const plus = name.indexOf('+');
  return plus > 0 && list.has(`${name.slice(0, plus)}@${domain}`);
}

/** Asks the upstream, with a memory: one question for one name at a time. */
function upstreamAsker({
  ask,
  counters,
  clock,
}: EdgeTools): (mailbox: Mailbox) => RecipientWord | Promise<RecipientWord> {
  const underWay = new Map<string, Promise<RecipientWord>>();
  return (mailbox) => {
    // The domain is without case and the local part is the upstream's business (RFC 5321 §2.4).
    const address = showMailbox(mailbox);
    const now = clock.now();
    const kept = counters.get(`rcpt:${address}`, now);
    if (kept !== undefined) return kept as RecipientWord;
    if (counters.get(`anybody:${mailbox.domain}`, now) !== undefined) return 'taken';
    const asked = underWay.get(address);
    if (asked !== undefined) return asked;
    if (underWay.size >= QUESTIONS_MAX) return 'later';
    const question = settle(address, mailbox.domain).finally(() => underWay.delete(address));
    underWay.set(address, question);
    return question;
  };

  async function settle(address: string, domain: string): Promise<RecipientWord> {
    const word = await ask(address);
    const now = clock.now();
    if (word === 'taken') {
      counters.set(`rcpt:${address}`, word, now + YES);
      counters.set(`rcpt-was:${address}`, '', now + YES_WHILE_DOWN);
      // It is not waited for: a yes that takes two questions, where a no takes one, would be known before it is said.
      void lookForAnybody(domain, now).catch(() => undefined);
      return word;
    }
    if (word === 'refused') {
      counters.set(`rcpt:${address}`, word, now + NO);
      return word;
    }
    return counters.get(`rcpt-was:${address}`, now) === undefined ? word : 'taken';
  }

  /** A server that takes a name nobody can have takes all of them: asking it again and again would tell nothing. */
  async function lookForAnybody(domain: string, now: number): Promise<void> {
    if (counters.get(`somebody:${domain}`, now) !== undefined) return;
    counters.set(`somebody:${domain}`, '', now + ANYBODY);
    const name = `nobody-${Math.floor(now).toString(36)}-${domain.length}x`;
    if ((await ask(`${name}@${domain}`)) === 'taken') counters.set(`anybody:${domain}`, '', now + ANYBODY);
  }
}
