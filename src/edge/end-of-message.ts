import { readsOneWay } from '../wire/smtp/data-scanner.ts';
import type { EdgeEvent } from './event.ts';
import { tooLarge } from './filters/hard-limits.ts';
import { bareNewline, nulByte } from './filters/strict-protocol.ts';
import type { EdgeMessage } from './message.ts';
import { messageEvent } from './message-event.ts';
import { passes } from './policy.ts';
import type { Session } from './session.ts';
import type { Envelope, Hello, Recipient, Stages } from './stage.ts';
import { traceHeader } from './trace-header.ts';
import { answerTo } from './upstream.ts';

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
  const envelope = session.envelope as Envelope;
  const { recipients, peer } = session;
  const seen = { peer, hello: session.hello as Hello, envelope, recipients, message };
  session.wait(session.consult('message', seen), (verdict) => {
    const id = session.setting.messageId();
    const told = { session: session.setting.id, id, envelope, recipients, message, verdict };
    const took = () => clock.monotonic() - began;
    if (passes(verdict)) return handOn(session, seen, id, (code) => messageEvent(told, code, took()));
    session.listen(messageEvent(told, verdict.reply.code, took()));
    session.reset();
    session.refuse('message', verdict);
  });
}

type MessageEvent = Extract<EdgeEvent, { kind: 'message' }>;

function handOn(session: Session, seen: Stages['message'], id: string, event: (code: number) => MessageEvent): void {
  const { upstream, options, clock, scrub, filters } = session.setting;
  const { hello, peer, envelope, message } = seen;
  for (const hit of scrub(seen)) session.listen({ kind: 'hit', session: session.setting.id, stage: 'message', hit });
  const handed = upstream.handOn({
    envelope,
    recipients: seen.recipients as [Recipient, ...Recipient[]],
    trace: traceHeader({ id, hello, tls: session.tls, peer, host: options.hostName, at: clock.now() }),
    message,
    deadline: clock.monotonic() + options.limits.answerTimeout,
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
