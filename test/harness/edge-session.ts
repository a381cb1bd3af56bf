/** A session of the edge over nothing: no socket, a clock of the test's, and an upstream that says what the test wants. */

import { commandTable } from '../../src/edge/commands/index.ts';
import { DEFAULT_CONTROLS } from '../../src/edge/controls.ts';
import { NO_REWRITES } from '../../src/edge/envelope/rewrite.ts';
import type { EdgeEvent } from '../../src/edge/event.ts';
import type { OpenFilter } from '../../src/edge/filter.ts';
import { EDGE_LIMITS, type EdgeOptions, NO_REWRITE } from '../../src/edge/options.ts';
import { createPolicies } from '../../src/edge/policy.ts';
import { createRoom } from '../../src/edge/room.ts';
import { Session } from '../../src/edge/session.ts';
import type { SessionSetting } from '../../src/edge/session-setting.ts';
import type { HandOn, HandOnRequest, Upstream } from '../../src/edge/upstream/upstream.ts';
import { createFakeClock } from './fake-clock.ts';

export interface SessionWish {
  readonly filters?: readonly OpenFilter[];
  readonly options?: Partial<EdgeOptions>;
  readonly limits?: Partial<EdgeOptions['limits']>;
  readonly answer?: HandOn;
  /** Anything else a session is given. */
  readonly setting?: Partial<SessionSetting>;
  /** Told what the session says, as it says it, and when it hangs up. */
  readonly hear?: (text: string) => void;
  readonly end?: () => void;
}

/** A session over nothing: what it says, what it handed on, and what became of the line. */
export function openSession(wish: SessionWish = {}) {
  const { filters = [], options = {}, limits = {}, answer = { kind: 'accepted', detail: '' } } = wish;
  const clock = createFakeClock();
  const handed: { readonly request: HandOnRequest; readonly text: string; readonly wire: string }[] = [];
  const events: EdgeEvent[] = [];
  let said = '';
  let ended = false;
  let secured = false;
  const upstream: Upstream = {
    available: true,
    size: null,
    offers: () => true,
    close: async () => undefined,
    async handOn(request) {
      const { message } = request;
      const wire = Buffer.concat(message.pieces).toString('latin1');
      handed.push({ request, text: message.bytes.toString('latin1'), wire });
      return answer;
    },
  };
  const wire = {
    write: (text: string) => {
      said += text;
      wish.hear?.(text);
    },
    startTls: () => {
      secured = true;
    },
    end: () => {
      ended = true;
      wish.end?.();
    },
    hold: () => undefined,
    resume: () => undefined,
  };
  const session = new Session(
    {
      id: 's1',
      peer: { address: '192.0.2.9', port: 4000, to: { address: '192.0.2.1', port: 25 }, exempt: false, inside: false },
      options: {
        hostName: 'mx.here.example',
        domains: new Set(['here.example']),
        limits: { ...EDGE_LIMITS, ...limits },
        extensions: { chunking: false, smtpUtf8: true, dsn: true, requireTls: true },
        tls: true,
        tlsRequired: false,
        headers: { incoming: [], outgoing: [] },
        rewrite: NO_REWRITE,
        controls: DEFAULT_CONTROLS,
        ...options,
      },
      policies: createPolicies(),
      quarantine: { answer: 'refuse', keep: async () => 'kept' },
      room: createRoom(() => ({ ...EDGE_LIMITS, ...limits }).memory),
      upstream,
      outbound: null,
      logins: null,
      filters,
      rewrites: NO_REWRITES,
      scrub: () => [],
      clock,
      listen: (event) => events.push(event),
      messageId: () => 'm1',
      ...wish.setting,
    },
    commandTable,
    wire,
  );
  return {
    session,
    handed,
    events,
    get ended() {
      return ended;
    },
    get secured() {
      return secured;
    },
    /** Sends bytes, waits for what is pending, and returns what was said since. */
    async send(text: string): Promise<string> {
      const before = said.length;
      session.ingest(Buffer.from(text, 'latin1'));
      await new Promise((resolve) => setImmediate(resolve));
      return said.slice(before);
    },
    greet(): string {
      const before = said.length;
      session.start();
      return said.slice(before);
    },
  };
}

/** The codes of replies, one a reply. */
export const codes = (text: string): string =>
  text
    .split('\r\n')
    .filter((line) => line !== '' && line[3] !== '-')
    .map((line) => line.slice(0, 3))
    .join(' ');
