import type { Clock } from '../../net/clock.ts';
import type { AskUpstream } from '../filter.ts';
import type { RelayRoutes } from './relay-upstream.ts';

/** Milliseconds that a question about a recipient may take. */
const QUESTION = 20_000;

/** Asks the server of a recipient's domain whether it would take it, as a bounce would come: by MAIL and RCPT, without a message. */
export function recipientAsker(routes: RelayRoutes, clock: Clock, patience: number): AskUpstream {
  return async (address) => {
    const relay = routes.of(address.slice(address.lastIndexOf('@') + 1));
    if (!relay.available) return 'unknown';
    const result = await relay.handOn({
      sender: 'FROM:<>',
      senderExtras: [],
      recipients: [{ path: `TO:<${address}>`, extras: [] }],
      size: 0,
      head: '',
      body: [],
      probe: true,
      deadline: clock.monotonic() + Math.min(patience, QUESTION),
      wanted: () => true,
    });
    if (result.kind !== 'answered') return 'unknown';
    const [answer] = result.recipients;
    if (answer === undefined) return 'unknown';
    // `withheld`: the server takes no bounces from us, so it cannot be asked; the message itself will show.
    if (answer.outcome !== 'refused') return 'taken';
    return answer.code >= 500 ? 'refused' : 'later';
  };
}
