/**
 * How each rule of the edge is proven: by the attack whose outcome turns when the rule is switched off, or, where no drill can show it, by the test
 * that does. `test/e2e/edge-mutants.test.ts` plays the first kind, `test/laws/edge-proofs.test.ts` holds the list complete.
 */

import { challengeBytes } from '../ntlm/challenge-bytes.ts';

/** Settings of the edge, as in its configuration file. */
export type Settings = Readonly<Record<string, unknown>>;

/** An attack that fails while the rule holds, and comes further without it. */
export interface Mutant {
  readonly rule: string;
  readonly attack: string;
  /** For both runs: what else would meet the attack is put aside. */
  readonly settings?: Settings;
  /**
   * How the rule is switched off: `note`, as an operator does it; `yes`, for a rule that cannot be softened: the edge says yes where it said no; or
   * settings that stand instead.
   */
  readonly off: 'note' | 'yes' | Settings;
  /** For `yes`: the code and the words of that yes, where they are not 250. */
  readonly yes?: readonly [code: number, text: string];
  /** Seconds that connections are held. */
  readonly hold?: number;
}

/** A rule that no drill can show, why, and the test that shows it. */
export interface Elsewhere {
  readonly rules: readonly string[];
  readonly because: string;
  readonly test: string;
}

const ENDLESS = { burst: 100_000, perMinute: 100_000 };
const FEW = { burst: 20, perMinute: 1 };
const ANY_RATE = {
  connections: { fresh: ENDLESS },
  messages: { fresh: ENDLESS },
  recipients: { fresh: ENDLESS },
  perSender: ENDLESS,
  perRecipient: ENDLESS,
  perDomain: ENDLESS,
};
/** What ends a session that guesses names, but for the rule at hand. */
const GUESSING = { limits: { faults: 1_000 }, tarpit: { step: '0s' } };

/** A door of submission, in front of the server that knows the passwords; `UPSTREAM` is where it listens. */
const SUBMISSION = {
  listen: ['submission://127.0.0.1:0'],
  submission: { upstream: { to: 'smtp+tls://UPSTREAM', trust: 'anybody' } },
};
/** What counts wrong passwords, but for the rule at hand. */
const NO_GUARD = { guard: { perAddress: ENDLESS, perNetwork: ENDLESS, perAccount: ENDLESS } };
/** What a server that takes NTLM would say (`challengeBytes` of test/ntlm writes such words). */
const NTLM_CHALLENGE = Buffer.from(
  challengeBytes({ targetName: 'CORP', pairs: { 3: 'ex01.corp.test', 4: 'corp.test' } }),
).toString('base64');

export const MUTANTS: readonly Mutant[] = [
  { rule: 'protocol/bare-newline', attack: 'smuggled-bare-lf', off: 'yes' },
  { rule: 'protocol/nul', attack: 'smuggled-nul', off: 'yes' },
  { rule: 'protocol/unreadable-line', attack: 'overlong-command', off: 'yes' },
  { rule: 'protocol/control-byte', attack: 'control-bytes', off: 'yes' },
  { rule: 'protocol/early-talk', attack: 'early-talk', settings: { greetWait: '500ms' }, off: 'note' },
  { rule: 'protocol/pipelining', attack: 'blind-pipelining', off: 'note' },
  { rule: 'protocol/unknown-command', attack: 'many-errors', off: 'yes' },
  { rule: 'protocol/not-implemented', attack: 'xclient', off: 'yes' },
  { rule: 'protocol/bdat-not-offered', attack: 'bad-chunks', off: 'yes' },
  { rule: 'protocol/chunk-size', attack: 'bad-chunks', settings: { chunking: true }, off: 'yes' },
  { rule: 'protocol/not-smtp', attack: 'web-request', off: 'yes' },
  { rule: 'protocol/syntax', attack: 'false-size', off: 'yes' },
  { rule: 'protocol/sequence', attack: 'mail-before-hello', off: 'yes' },
  { rule: 'protocol/address', attack: 'overlong-address', off: 'yes' },
  { rule: 'protocol/unknown-parameter', attack: 'overlong-parameter', off: 'yes' },
  { rule: 'protocol/no-recipients', attack: 'data-for-nobody', off: 'yes', yes: [354, 'Go ahead'] },
  {
    rule: 'protocol/tls-missing',
    attack: 'auth-in-clear',
    settings: SUBMISSION,
    off: 'yes',
    yes: [334, 'VXNlcm5hbWU6'],
  },
  {
    rule: 'protocol/auth-mechanism',
    attack: 'ntlm-names',
    settings: SUBMISSION,
    off: 'yes',
    yes: [334, NTLM_CHALLENGE],
  },
  {
    rule: 'protocol/auth-cancelled',
    attack: 'cancelled-logins',
    settings: { ...SUBMISSION, limits: { authTries: 1_000, authStep: '0s' } },
    off: 'yes',
    yes: [501, 'Cancelled'],
  },
  {
    rule: 'limits/auth-tries',
    attack: 'password-guessing',
    settings: { ...SUBMISSION, ...NO_GUARD },
    off: { ...SUBMISSION, ...NO_GUARD, limits: { authTries: 1_000, authStep: '0s' } },
  },
  { rule: 'relay/foreign-recipient', attack: 'open-relay', off: 'yes' },
  { rule: 'caps/too-many-of-one', attack: 'idle-crowd', settings: { limits: { sessionsPerPeer: 5 } }, off: 'note' },
  { rule: 'rate/connections', attack: 'flood-connections', off: 'note' },
  { rule: 'rate/messages', attack: 'flood-letters', off: 'note' },
  {
    rule: 'rate/recipients',
    attack: 'many-recipients',
    settings: { limits: { recipients: 5_000 }, rates: { ...ANY_RATE, recipients: { fresh: FEW } } },
    off: 'note',
  },
  {
    rule: 'rate/of-sender',
    attack: 'flood-letters',
    settings: { rates: { ...ANY_RATE, perSender: FEW } },
    off: 'note',
  },
  {
    rule: 'rate/of-domain',
    attack: 'flood-letters',
    settings: { rates: { ...ANY_RATE, perDomain: FEW } },
    off: 'note',
  },
  {
    rule: 'rate/to-recipient',
    attack: 'flood-letters',
    settings: { rates: { ...ANY_RATE, perRecipient: FEW } },
    off: 'note',
  },
  { rule: 'hello/our-name', attack: 'own-name-hello', off: 'note' },
  {
    rule: 'sender/own-domain',
    attack: 'spoofed-sender',
    settings: { rules: { 'sender/own-domain': { action: 'refuse' } } },
    off: 'note',
  },
  { rule: 'null-sender/many-recipients', attack: 'null-sender-crowd', off: 'note' },
  { rule: 'limits/message-size', attack: 'false-size', off: 'yes' },
  { rule: 'limits/text-line', attack: 'overlong-line', off: 'note' },
  { rule: 'limits/header', attack: 'many-header-fields', off: 'note' },
  { rule: 'limits/hops', attack: 'many-hops', off: 'note' },
  { rule: 'limits/recipients', attack: 'many-recipients', settings: { rates: ANY_RATE }, off: 'yes' },
  {
    rule: 'limits/messages',
    attack: 'flood-letters',
    settings: { rates: ANY_RATE, limits: { messagesPerSession: 20 } },
    off: { rates: ANY_RATE },
  },
  { rule: 'limits/faults', attack: 'many-errors', off: { limits: { faults: 1_000 } } },
  { rule: 'limits/junk-commands', attack: 'empty-commands', off: { limits: { junkCommands: 1_000 } } },
  { rule: 'limits/time', attack: 'slow-writer', settings: { limits: { commandTimeout: '1s' } }, off: {}, hold: 4 },
  { rule: 'header/several-authors', attack: 'two-authors', off: 'note' },
  { rule: 'header/several-types', attack: 'two-types', off: 'note' },
  { rule: 'header/claims-our-word', attack: 'forged-verdict', off: { headers: { incoming: [] } } },
  { rule: 'greylist/first-time', attack: 'spoofed-sender', settings: { greylist: { score: 3 } }, off: 'note' },
  { rule: 'early-talker/left', attack: 'early-talk', settings: { greetWait: '500ms' }, off: { greetWait: '0s' } },
  {
    rule: 'tarpit/slowed-down',
    attack: 'harvest-rcpt',
    settings: { ...GUESSING, recipients: { harvest: ENDLESS }, tarpit: { step: '600ms', most: '600ms' } },
    off: { ...GUESSING, recipients: { harvest: ENDLESS } },
  },
  { rule: 'recipient/unknown', attack: 'bounce-to-nobody', off: 'note' },
  { rule: 'recipient/harvest', attack: 'harvest-rcpt', settings: GUESSING, off: 'note' },
];

/** Rules that only note or count points turn no outcome by themselves; they need no entry here. */
export const ELSEWHERE: readonly Elsewhere[] = [
  {
    rules: ['protocol/starttls-injection'],
    because: 'switched off, the edge would still not begin TLS: the attack shows only that it holds',
    test: 'test/dialogues/edge/starttls-injection.smtp',
  },
  {
    rules: ['protocol/eight-bit'],
    because:
      'a name in UTF-8 without SMTPUTF8 is no attack by itself: it is what a server behind makes of it that harms',
    test: 'src/edge/commands/envelope.test.ts',
  },
  {
    rules: ['limits/memory'],
    because: 'a drill that fills memory would harm the server',
    test: 'src/edge/session.test.ts',
  },
  {
    rules: ['protocol/own-fault'],
    because: 'a fault of our own, which no peer can order',
    test: 'test/e2e/edge-vectors.test.ts',
  },
  {
    rules: ['connection/denied', 'caps/full'],
    because: 'whom the operator shuts out, and how many places there are, a drill cannot know',
    test: 'src/edge/filters/strangers.test.ts',
  },
  {
    rules: ['pressure/paused', 'pressure/full', 'pressure/strangers-wait'],
    because: 'a drill that fills memory, disk or places would harm the server',
    test: 'src/edge/filters/back-pressure.test.ts',
  },
  {
    rules: ['auth/guesses-of-address', 'auth/guesses-of-network', 'auth/guesses-of-account'],
    because: 'the drill makes twelve guesses on one connection for an account that cannot exist, lest it locks one',
    test: 'src/edge/filters/auth-guard.test.ts',
  },
  {
    rules: ['recipient/trap', 'reputation/blocked'],
    because: 'where the traps are a drill does not know, and what it is remembered for it would pay for itself',
    test: 'src/edge/filters/reputation.test.ts',
  },
  {
    rules: ['null-sender/untagged'],
    because:
      'without keys every server takes bounces, and whether the recipient wrote such a letter a drill cannot know',
    test: 'test/e2e/edge-bounce-tags.test.ts',
  },
  {
    rules: ['recipient/not-now'],
    because: 'the server behind would have to be down',
    test: 'src/edge/filters/mail.test.ts',
  },
  {
    rules: ['protocol/auth-missing'],
    because:
      'at a door of submission an honest letter needs a password; the drill has none, so that no control could pass',
    test: 'src/edge/commands/auth.test.ts',
  },
  {
    rules: ['protocol/auth-answer'],
    because: 'from outside, who reads base64 loosely cannot be told from who answers every failure in the same words',
    test: 'src/edge/commands/auth.test.ts',
  },
  {
    rules: ['account/messages', 'account/recipients'],
    because: 'it takes the password of one of our people, and would use up what he may send',
    test: 'test/e2e/edge-auth.test.ts',
  },
  {
    rules: ['limits/endless-message'],
    because: 'a drill sends 4 MB at most, and twice what honest letters may have is far more',
    test: 'src/edge/session.test.ts',
  },
  {
    rules: ['limits/other-policy'],
    because: 'no attack: honest letters to several people meet it, and come again',
    test: 'src/edge/session.test.ts',
  },
];
