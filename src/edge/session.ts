import { endsWithQuit, takeCommand } from '../wire/smtp/command.ts';
import type { EdgeCommand } from './command.ts';
import { consultFilters } from './consult.ts';
import { type EdgeEvent, quoted, whom } from './event.ts';
import type { Awaitable } from './filter.ts';
import * as limit from './filters/hard-limits.ts';
import * as protocol from './filters/strict-protocol.ts';
import type { Intake } from './intake.ts';
import type { EdgeMessage } from './message/message.ts';
import type { Pieces } from './message/pieces.ts';
import { type Doing, patience } from './patience.ts';
import { ends, type Passed, type Policy, passes, type Verdict } from './policy.ts';
import { type EdgeReply, REPLIES, replyLine } from './reply.ts';
import type { Share } from './room.ts';
import type { Action, EdgeRule, Hit } from './rule.ts';
import type { SessionSetting, SessionWire } from './session-setting.ts';
import type { Envelope, Hello, Peer, Recipient, Stage, Stages, TlsSession } from './stage.ts';
import type { Login } from './upstream/logins.ts';
import type { Upstream } from './upstream/upstream.ts';

/**
 * One SMTP session: bytes in, replies out. It holds no socket, timer or file. Bytes are taken in order, and never before the
 * answer to what came earlier has been decided.
 */
export class Session {
  readonly setting: SessionSetting;
  /** Who is there; a login makes him one of us. */
  peer: Peer;
  login: Login | null = null;
  hello: Hello | null = null;
  tls: TlsSession | null = null;
  envelope: Envelope | null = null;
  recipients: Recipient[] = [];
  /** Hits of the transaction, which policy sees together. */
  hits: Hit[] = [];
  /** The policy of the transaction: that of its first recipient, and of all others. */
  policy: Policy | null = null;
  /** Hits of the connection and of HELO, which every transaction inherits. */
  sessionHits: readonly Hit[] = [];
  /** Those of the connection alone: a second EHLO begins with them. */
  connectHits: readonly Hit[] = [];
  faults = 0;
  junk = 0;
  /** Tries of AUTH. */
  tries = 0;
  messages = 0;
  /** What came of a message; dropped with its transaction. */
  message: EdgeMessage | null = null;
  /** The memory that the message in hand takes. */
  readonly share: Share;
  /** What came of a message in chunks; dropped with its transaction. */
  chunks: Pieces | null = null;
  /** Milliseconds, monotonic, at which the rim must call `expire`. */
  deadline = 0;

  readonly #wire: SessionWire;
  readonly #commands: ReadonlyMap<string, EdgeCommand<Session>>;
  #doing: Doing = 'greeting';
  #input: Buffer = EMPTY;
  #output = '';
  #intake: Intake | null = null;
  #intakeBegan = 0;
  #closeAfterReply = false;
  /** What the filters were asked about last. */
  #asked: Parameters<typeof whom>[0] = {};
  #greeted = false;

  constructor(setting: SessionSetting, commands: ReadonlyMap<string, EdgeCommand<Session>>, wire: SessionWire) {
    this.setting = setting;
    this.peer = setting.peer;
    this.share = setting.room.share();
    this.#commands = commands;
    this.#wire = wire;
  }

  /** Where the messages of this session go. */
  get upstream(): Upstream {
    const { upstream, outbound } = this.setting;
    return this.peer.inside ? (outbound ?? this.login?.upstream ?? upstream) : upstream;
  }

  /** Bytes have come behind those that are being answered. */
  get ahead(): boolean {
    return this.#input.length > 0;
  }

  /** The peer has said QUIT behind what is being answered: it may close its side, as Exim does, and still waits for the answer. */
  get saidGoodbye(): boolean {
    return this.#doing === 'thinking' && endsWithQuit(this.#input);
  }

  /** What was recognised so far and concerns the transaction. */
  get allHits(): readonly Hit[] {
    return this.hits.length === 0 ? this.sessionHits : [...this.sessionHits, ...this.hits];
  }

  /** Somebody still waits for an answer. */
  get open(): boolean {
    return this.#doing !== 'closed';
  }

  /** It has begun a transaction once, or is exempt: not one of a crowd that only sits there. */
  get proven(): boolean {
    return this.messages > 0 || this.envelope !== null || this.peer.exempt || this.#doing === 'closed';
  }

  /** Greets the peer, or says why not. */
  start(): void {
    this.listen({ kind: 'connected', session: this.setting.id, peer: this.peer.address });
    this.wait(this.consult('connect', { peer: this.peer }), (verdict) => {
      if (!passes(verdict)) return this.refuse('connect', verdict, true);
      this.connectHits = verdict.because;
      this.sessionHits = verdict.because;
      this.#greeted = true;
      this.reply({ code: 220, text: `${this.setting.options.hostName} ESMTP` });
      this.#set('command');
    });
    this.#flush();
  }

  /** Takes bytes of the peer. They are not copied unless a command is split between two pieces. */
  ingest(bytes: Buffer): void {
    if (this.#doing === 'closed') return;
    this.#input = this.#input.length === 0 ? bytes : Buffer.concat([this.#input, bytes]);
    if (this.#doing === 'command' || this.#doing === 'intake') this.#run();
    else if (!this.#greeted && this.fault(protocol.earlyTalk, quoted(bytes))) return;
    else if (this.#input.length > INPUT_HELD) this.#wire.hold();
  }

  /** The handshake is done: everything said before it is forgotten (RFC 3207 §4.2). */
  secured(tls: TlsSession): void {
    this.tls = tls;
    this.hello = null;
    this.reset();
    this.#set('command');
  }

  /** The peer went away, or the rim hung up. */
  closed(how: string): void {
    if (this.#doing === 'closed') return;
    this.#doing = 'closed';
    this.message?.drop();
    this.share.release();
    this.login?.close();
    for (const filter of this.setting.filters) filter.closed?.();
    this.listen({ kind: 'closed', session: this.setting.id, how, messages: this.messages });
  }

  /** The deadline has passed. */
  expire(): void {
    this.fault(limit.tooSlow, this.#doing);
    this.#flush();
  }

  /** Ends the session with one last line, as soon as no answer is owed (RFC 5321 §3.8). */
  shutDown(): void {
    this.#closeAfterReply = true;
    if (this.#doing === 'command' && this.envelope === null) this.endIfClosing();
  }

  reply(reply: EdgeReply): void {
    this.#output += replyLine(reply);
  }

  replyRaw(text: string): void {
    this.#output += text;
  }

  /** Answers a command that leads nowhere by itself; too many of them end the session. */
  replyJunk(reply: EdgeReply): void {
    this.junk++;
    if (this.junk > this.setting.options.limits.junkCommands) this.fault(limit.tooMuchJunk, `${this.junk} of them`);
    else this.reply(reply);
  }

  /** Notes what a rule recognised without a word to the peer. */
  note(rule: EdgeRule, because: string): void {
    this.#tell(rule, because, 'note');
  }

  /**
   * Answers an error in the words of its rule and counts it; too many end the session. Returns false, and says nothing, where policy lets
   * the error pass.
   */
  fault(rule: EdgeRule, because: string): boolean {
    const action = (this.policy ?? this.setting.policies.general).actionOf(rule);
    this.#tell(rule, because, action);
    if (!ends(action)) return false;
    if (this.chunks !== null) this.reset(); // who errs between two chunks has lost count of their octets
    if (action === 'defer') {
      this.reply(rule.reply);
      return true;
    }
    this.faults++;
    if (action === 'refuse' && this.#tooManyFaults()) return true;
    this.reply(rule.reply);
    if (action === 'hang-up') this.hangUp();
    return true;
  }

  /** Ends the session if it has made too many errors. */
  #tooManyFaults(): boolean {
    if (this.faults < this.setting.options.limits.faults) return false;
    this.#tell(limit.tooManyFaults, `${this.faults} of them`, 'hang-up');
    this.say(limit.tooManyFaults.reply);
    this.hangUp();
    return true;
  }

  /** Answers as policy wants; `end` hangs up whatever kind of refusal it is. */
  refuse(stage: Stage, verdict: Exclude<Verdict, Passed>, end = false): void {
    this.listen({
      kind: 'refused',
      session: this.setting.id,
      stage,
      code: verdict.reply.code,
      rule: verdict.because[0].rule.id,
      ...whom(this.#asked),
    });
    this.say(verdict.reply);
    if (end || verdict.kind === 'hang-up') return this.hangUp();
    if (verdict.kind !== 'refuse') return;
    this.faults++;
    this.#tooManyFaults();
  }

  say(reply: EdgeReply): void {
    this.reply(reply);
    this.#flush();
  }

  /** `done`: the peer has said goodbye itself. */
  hangUp(done = false): void {
    if (this.#doing === 'closed') return;
    this.#flush();
    this.closed('by-us');
    this.#wire.end(done);
  }

  /** Forgets the transaction (RSET, EHLO, the end of a message). */
  reset(): void {
    this.envelope = null;
    this.recipients = [];
    this.hits = [];
    this.policy = null;
    this.message?.drop();
    this.message = null;
    this.chunks = null;
    this.share.release();
  }

  /** Sends the reply to STARTTLS and begins the handshake. Bytes that came behind the command are an injection (CVE-2011-0411). */
  beginTls(): void {
    if (this.#input.length > 0) {
      this.fault(protocol.injection, quoted(this.#input));
      return;
    }
    this.say(REPLIES.startTls);
    this.#set('handshake');
    this.#wire.startTls();
  }

  /** Gives the bytes to come to `intake`, until its end. */
  begin(intake: Intake): void {
    this.#intake = intake;
    this.#intakeBegan = this.setting.clock.monotonic();
    this.#set('intake');
  }

  /** Asks the filters of a stage, in order, and policy about all hits so far. Answers at once when all filters do. */
  consult<S extends Stage>(stage: S, seen: Stages[S], policy = this.#policyAt(stage)): Awaitable<Verdict> {
    const { filters, id } = this.setting;
    this.#asked = seen;
    return consultFilters(filters, stage, seen, {
      policy,
      earlier: this.allHits,
      noted: (hit) => this.listen({ kind: 'hit', session: id, stage, hit, ...whom(seen) }),
    });
  }

  #policyAt(stage: Stage): Policy {
    const { early, general } = this.setting.policies;
    return this.policy ?? (stage === 'connect' || stage === 'hello' || stage === 'mail' ? early : general);
  }

  /** Goes on with `then` when `answer` is there; meanwhile no byte of the peer is looked at. */
  wait<T>(answer: Awaitable<T>, then: (value: T) => void): void {
    if (!(answer instanceof Promise)) return then(answer);
    this.#set('thinking');
    answer.then(
      (value) => this.#go(() => then(value)),
      (fault: unknown) => this.#go(() => this.#broken(fault)),
    );
  }

  #go(then: () => void): void {
    if (this.#doing === 'closed') return;
    if (this.#doing === 'thinking') this.#set('command');
    then();
    this.#flush();
    this.#wire.resume();
    this.#run();
  }

  /** A fault of our own costs one message, not the process: the peer keeps it and comes again. */
  #broken(fault: unknown): void {
    this.reset();
    this.fault(protocol.ownFault, fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
    this.#flush();
  }

  /** Works off what has come, as far as it goes. */
  #run(): void {
    while (this.#input.length > 0) {
      if (this.#doing === 'intake') this.#runIntake(this.#intake as Intake);
      else if (this.#doing === 'command') {
        if (!this.#runCommand()) break;
      } else break;
    }
    this.#flush();
  }

  #runCommand(): boolean {
    const taken = takeCommand(this.#input, 0, this.#lineMax());
    if (taken.kind === 'more') return false;
    const line = this.#input;
    this.#input = taken.next === line.length ? EMPTY : line.subarray(taken.next);
    if (taken.kind === 'fault') {
      this.fault(protocol.LINE_FAULTS[taken.fault], `${taken.fault} in ${quoted(line)}`);
      return this.#doing !== 'closed';
    }
    this.#set('command');
    const { verb, argument } = taken.command;
    const entry = this.#commands.get(verb);
    if (entry === undefined) this.fault(protocol.unknownCommand, verb);
    else if (!entry.beforeTls && this.setting.options.tlsRequired && this.tls === null)
      this.fault(protocol.tlsMissing, verb);
    else if (!(this.#mustWait(entry) && this.fault(protocol.pipelined, `behind ${verb}`)))
      entry.proceed(this, argument);
    return true;
  }

  /** Something stands behind a command whose answer must be awaited: of some always, of all where PIPELINING was not offered (RFC 2920 §3). */
  #mustWait({ endsPipeline }: EdgeCommand<Session>): boolean {
    return this.#input.length > 0 && (endsPipeline || this.hello?.extended === false);
  }

  /** AUTH alone may be long, and only where it is taken (RFC 4954 §4). */
  #lineMax(): number {
    const { commandLine, authLine } = this.setting.options.limits;
    return this.setting.logins !== null && (Number(this.#input[0]) | 0x20) === SMALL_A ? authLine : commandLine;
  }

  #runIntake(intake: Intake): void {
    const bytes = this.#input;
    this.#input = EMPTY;
    const end = intake.take(bytes);
    if (end < 0) return this.#set('intake');
    if (end < bytes.length) this.#input = bytes.subarray(end);
    this.#intake = null;
    this.#set('command');
    intake.ended();
  }

  /** Ends a session that was told to while an answer was owed. */
  endIfClosing(): void {
    if (!this.#closeAfterReply) return;
    this.say(REPLIES.shutdown);
    this.hangUp();
  }

  #set(doing: Doing): void {
    if (this.#doing === 'closed') return;
    this.#doing = doing;
    const now = this.setting.clock.monotonic();
    const size = doing === 'intake' ? (this.#intake?.size ?? null) : null;
    const came = size === null ? null : { bytes: size, since: now - this.#intakeBegan };
    this.deadline = now + patience(doing, this.setting.options.limits, came);
  }

  #flush(): void {
    const text = this.#output;
    this.#output = '';
    if (text !== '') this.#wire.write(text);
  }

  #tell(rule: EdgeRule, because: string, action: Action): void {
    this.listen({ kind: 'fault', session: this.setting.id, rule, because, action, ...whom(this) });
  }

  listen(event: EdgeEvent): void {
    this.setting.listen(event);
    for (const filter of this.setting.filters) filter.heard?.(event);
  }
}

const EMPTY = Buffer.alloc(0);
const SMALL_A = 0x61;
/** Bytes a peer may send ahead while an answer is being found; more is left in its own socket. */
const INPUT_HELD = 65_536;
