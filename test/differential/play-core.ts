import { hardLimits } from '../../src/edge/filters/hard-limits.ts';
import { headerStructure } from '../../src/edge/filters/header-structure.ts';
import { nullSender } from '../../src/edge/filters/null-sender.ts';
import { showMailbox } from '../../src/wire/smtp/path.ts';
import { filterBench } from '../harness/edge-filter.ts';
import { openSession } from '../harness/edge-session.ts';
import type { Observation, UnitAnswer } from './observation.ts';
import { DOMAIN, MESSAGE_SIZE, type Stream } from './stream.ts';

/** Bounds that would end a dialogue before it is over are put aside, as they are at the peers. */
const LIMITS = { messageSize: MESSAGE_SIZE, faults: 100_000, junkCommands: 100_000 };

/** The filters that judge the bytes of a dialogue; those that judge who is there have nothing to judge. */
const OPENERS = [nullSender, hardLimits, headerStructure].map((filter) =>
  filterBench(filter, { limits: LIMITS }).open(),
);

/** Plays a stream to the session core, whose upstream takes everything. */
export async function playCore(stream: Stream): Promise<Observation> {
  const { session, handed, events, ...line } = openSession({
    filters: OPENERS,
    limits: LIMITS,
    options: {
      domains: new Set([DOMAIN]),
      tls: false,
      extensions: { chunking: stream.chunking, smtpUtf8: true, dsn: true, requireTls: true },
    },
    end: () => {
      ended = true;
    },
  });
  let ended = false;
  line.greet();
  const answers: UnitAnswer[] = [];
  for (const unit of stream.units) {
    const before = { handed: handed.length, events: events.length };
    const said = await line.send(unit.toString('latin1'));
    // A message is handed on in a promise, and what stands behind it is read then.
    const more = ended ? '' : await line.send('');
    answers.push({
      replies: repliesIn(said + more),
      closed: ended,
      messages: handed.slice(before.handed).map(({ request, text }) => ({
        sender: request.envelope.sender === null ? '' : showMailbox(request.envelope.sender),
        recipients: request.recipients.map(({ mailbox }) => showMailbox(mailbox)),
        text,
      })),
      rules: events.slice(before.events).flatMap((event) => {
        if (event.kind === 'fault') return [event.rule.id];
        return event.kind === 'hit' ? [event.hit.rule.id] : [];
      }),
    });
    if (ended) break;
  }
  session.closed('test');
  return answers;
}

/** The whole replies in a text: the last line of each. */
export function repliesIn(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => /^\d{3}(?: |$)/.test(line));
}
