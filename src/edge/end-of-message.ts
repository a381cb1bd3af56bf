import { readsOneWay } from '../wire/smtp/data-scanner.ts';
import { withTag } from './envelope/bounce-tags.ts';
import { leavesHere } from './envelope/rewrite.ts';
import type { EdgeEvent } from './event.ts';
import { noRoom, tooLarge } from './filters/hard-limits.ts';
import { bareNewline, nulByte } from './filters/strict-protocol.ts';
import type { EdgeMessage } from './message/message.ts';
import { messageEvent } from './message/message-event.ts';
import { tagHeader } from './message/tag-header.ts';
import { traceHeader } from './message/trace-header.ts';
import { type Passed, passes } from './policy.ts';
import { quarantineNote, quarantineReply } from './quarantine.ts';
import type { Session } from './session.ts';
import type { Envelope, Hello, Recipient, Stages } from './stage.ts';
import { answerTo } from './upstream/upstream.ts';

/** Judges a message that has come whole, hands it on if it may pass, and answers when that is done. */
export function endMessage(session: Session, message: EdgeMessage): void {
  const { clock, options } = session.setting;
  const began = clock.monotonic();
  const { scan } = message;
  if (!readsOneWay(scan)) {
    const loose = scan.bareCr ? 'a CR' : 'an LF';
    if (scan.bareCr || scan.bareLf) session.fault(bareNewline, `${loose} that stands alone`);
    else session.fault(nulByte, 'a NUL');
    return;
  }
  if (scan.size > options.limits.messageSize) {
    session.reset();
    session.fault(tooLarge, `${scan.size} bytes`);
    return;
  }
  const { recipients, peer } = session;
  const came = session.envelope as Envelope;
  const envelope = leavesHere(session) ? withTag(came, recipients, options, clock.now()) : came;
  const seen = { peer, hello: session.hello as Hello, envelope, recipients, message };
  session.wait(session.consult('message', seen), (verdict) => {
    const id = session.setting.messageId();
    const told = messageEvent(session.setting.id, id, seen, verdict);
    const event = (code: number) => ({ ...told, code, took: Math.round(clock.monotonic() - began) });
    if (verdict.kind === 'quarantine') return keepBack(session, seen, id, verdict, event);
    if (passes(verdict)) return handOn(session, seen, id, verdict, event);
    session.listen(event(verdict.reply.code));
    session.reset();
    session.refuse('message', verdict);
  });
}

/** Answers a message for which there was no room: the sender keeps it and comes again. */
export function crowdedOut(session: Session, size: number): void {
  session.reset();
  session.fault(noRoom, `${size} bytes`);
}

/** Milliseconds between the last moment of the upstream's answer and that of ours: two sweeps. */
const ANSWER_MARGIN = 2_000;

type MessageEvent = Extract<EdgeEvent, { kind: 'message' }>;

/** Keeps a message that should not be delivered, as it came, and answers as policy has it once it is safe. */
function keepBack(
  session: Session,
  seen: Stages['message'],
  id: string,
  verdict: Passed,
  event: (code: number) => MessageEvent,
): void {
  const { quarantine, options, clock } = session.setting;
  const { hello, peer, envelope, message } = seen;
  const at = clock.now();
  const trace = Buffer.from(
    traceHeader({ id, hello, tls: session.tls, peer, envelope, host: options.hostName, at }),
    'latin1',
  );
  const note = quarantineNote(seen, verdict, {
    id,
    session: session.setting.id,
    at: new Date(at).toISOString(),
    traceSize: trace.length,
    answer: quarantine.answer,
  });
  session.wait(quarantine.keep(note, [trace, message.bytes]), (kept) => {
    const answer = quarantineReply(kept, quarantine.answer);
    session.listen(event(answer.code));
    session.messages++;
    session.reset();
    session.reply(answer);
    session.endIfClosing();
  });
}

function handOn(
  session: Session,
  seen: Stages['message'],
  id: string,
  verdict: Passed,
  event: (code: number) => MessageEvent,
): void {
  const { options, clock, scrub, filters } = session.setting;
  const { hello, peer, envelope, message } = seen;
  const { answerTimeout } = options.limits;
  for (const hit of scrub(seen)) session.listen({ kind: 'hit', session: session.setting.id, stage: 'message', hit });
  const trace = traceHeader({ id, hello, tls: session.tls, peer, envelope, host: options.hostName, at: clock.now() });
  const handed = session.upstream.handOn({
    envelope,
    recipients: seen.recipients as [Recipient, ...Recipient[]],
    peer,
    hello,
    // What goes out is told to nobody: a tag is for the inside.
    trace: verdict.kind === 'tag' && !peer.inside ? `${tagHeader(verdict)}${trace}` : trace,
    message,
    // Before the session's own, so that the peer hears 451 and is not hung up on.
    deadline: clock.monotonic() + Math.max(answerTimeout / 2, answerTimeout - ANSWER_MARGIN),
    wanted: () => session.open,
  });
  // The upstream's answer is an event even if the peer has gone meanwhile.
  const done = handed.then((result) => {
    const answer = answerTo(result);
    session.listen({ ...event(answer.code), upstream: result.detail });
    for (const filter of filters) filter.handed?.(seen, result.kind);
    return answer;
  });
  session.wait(done, (answer) => {
    session.messages++;
    session.reset();
    session.reply(answer);
    session.endIfClosing();
  });
}
