/** A filter with tools that a test owns: time, DNS, counters, who is connected, and what the upstream says of recipients. */
import { DEFAULT_CONTROLS, type EdgeControls } from '../../src/edge/controls.ts';
import type { EdgeTools, Filter, OpenFilter, RecipientWord } from '../../src/edge/filter.ts';
import { EdgeMessage } from '../../src/edge/message/message.ts';
import { EDGE_LIMITS, type EdgeLimits, NO_REWRITE } from '../../src/edge/options.ts';
import type { Pressure } from '../../src/edge/pressure.ts';
import type { Hit } from '../../src/edge/rule.ts';
import type { Envelope, Hello, Peer, Recipient, Stages } from '../../src/edge/stage.ts';
import type { Resolver } from '../../src/net/resolver.ts';
import { memoryCounters } from '../../src/store/counters-memory.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { zoneResolver } from './practice-zone.ts';

export interface FilterBench {
  readonly clock: FakeClock;
  readonly tools: EdgeTools;
  /** A new connection's filter. Throws if the filter is switched off. */
  open(): OpenFilter;
  /** What the operator was told. */
  readonly notes: readonly string[];
  /** Addresses that the upstream was asked about. */
  readonly asked: readonly string[];
}

export interface FilterWish {
  readonly controls?: Partial<EdgeControls>;
  readonly limits?: Partial<EdgeLimits>;
  readonly zone?: string;
  /** Instead of a zone. */
  readonly resolver?: Resolver;
  /** The upstream's word on an address. */
  readonly word?: (address: string) => RecipientWord | Promise<RecipientWord>;
  readonly pressure?: Partial<Pressure>;
  readonly connected?: { readonly all: number; readonly mine: number };
}

export function filterBench(filter: Filter, wish: FilterWish = {}): FilterBench {
  const clock = createFakeClock();
  const notes: string[] = [];
  const asked: string[] = [];
  const tools: EdgeTools = {
    options: {
      hostName: 'mx.here.example',
      domains: new Set(['here.example']),
      limits: { ...EDGE_LIMITS, ...wish.limits },
      extensions: { chunking: false, smtpUtf8: true, dsn: true, requireTls: true },
      controls: { ...DEFAULT_CONTROLS, ...wish.controls },
      headers: { incoming: [], outgoing: [] },
      rewrite: NO_REWRITE,
      tls: true,
      tlsRequired: false,
    },
    clock,
    resolver: wish.resolver ?? zoneResolver(wish.zone ?? ''),
    counters: memoryCounters(),
    census: { all: wish.connected?.all ?? 1, of: () => wish.connected?.mine ?? 1 },
    pressure: { level: 'normal', paused: false, ...wish.pressure },
    ask: async (address) => {
      asked.push(address);
      return wish.word?.(address) ?? 'taken';
    },
    note: (what, facts) => notes.push(`${what} ${JSON.stringify(facts)}`),
  };
  const prepared = filter.prepare(tools);
  return {
    clock,
    tools,
    notes,
    asked,
    open() {
      if (prepared === null) throw new Error(`${filter.name} is switched off`);
      return prepared();
    },
  };
}

export const peer = (address = '192.0.2.9', more: Partial<Peer> = {}): Peer => ({
  address,
  port: 4000,
  to: { address: '198.51.100.1', port: 25 },
  exempt: false,
  inside: false,
  ...more,
});

export const hello = (name: string): Hello => ({ name, extended: true, tls: null });

/** `local@domain`, or the null sender for an empty text. */
export function envelope(sender: string): Envelope {
  const parameters = { size: null, body: null, smtpUtf8: false, requireTls: false, ret: null, envid: null };
  const [local = '', domain = ''] = sender.split('@');
  return { sender: sender === '' ? null : { local, domain }, parameters };
}

export function recipient(address: string): Recipient {
  const [local = '', domain = ''] = address.split('@');
  return { mailbox: { local, domain }, notify: null, orcpt: null };
}

/** All that is known at RCPT, with ordinary things where nothing is said. */
export function atRcpt(more: Partial<Stages['rcpt']> = {}): Stages['rcpt'] {
  return {
    peer: peer(),
    hello: hello('mail.sender.example'),
    envelope: envelope('a@sender.example'),
    recipient: recipient('b@here.example'),
    accepted: [],
    faults: 0,
    score: 0,
    ...more,
  };
}

/** All that is known of a message whose bytes are these. */
export function atMessage(text: string, more: Partial<Stages['message']> = {}): Stages['message'] {
  const message = new EdgeMessage();
  message.take(Buffer.from(`${text}\r\n.\r\n`, 'latin1'), true);
  const { peer: who, hello: said, envelope: from } = atRcpt();
  return { peer: who, hello: said, envelope: from, recipients: [recipient('b@here.example')], message, ...more };
}

/** The rule that hit, or null. */
export async function ruleOf(hit: Hit | undefined | Promise<Hit | undefined>): Promise<string | null> {
  return (await hit)?.rule.id ?? null;
}
