import { isIP } from 'node:net';
import { z } from 'zod';
import type { Doorway } from '../../../net/edge-listener.ts';

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/;

/** What stands in front of an address: TLS from the first byte on (RFC 8314), and AUTH for people who submit mail (RFC 6409). */
const DOOR_SCHEMES: Readonly<Record<string, Pick<Doorway, 'implicitTls' | 'submission'>>> = {
  smtp: { implicitTls: false, submission: false },
  tls: { implicitTls: true, submission: false },
  submission: { implicitTls: false, submission: true },
  submissions: { implicitTls: true, submission: true },
};

/** `0.0.0.0:25`, `[::]:25`, `tls://0.0.0.0:465`, `submission://0.0.0.0:587` or `submissions://0.0.0.0:465`. Port 0 takes a free one. */
const DOOR = 'an address and a port, such as 0.0.0.0:25, [::]:25, tls://0.0.0.0:465 or submission://0.0.0.0:587';

export const doorway = z.string({ error: DOOR }).transform((text, context): Doorway => {
  const [, scheme = 'smtp', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/.exec(text) ?? [];
  const kind = DOOR_SCHEMES[scheme];
  const parts = HOST_PORT.exec(rest);
  const address = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3] ?? -1);
  if (isIP(address) !== 0 && port >= 0 && port <= 65_535 && kind !== undefined) return { address, port, ...kind };
  context.addIssue({ code: 'custom', message: DOOR });
  return z.NEVER;
});

/** The server behind the edge. */
export interface UpstreamPlace {
  readonly protocol: 'smtp' | 'lmtp';
  readonly tls: 'none' | 'starttls' | 'implicit' | 'if-offered';
  /** A name, an address, or empty where `path` is set. */
  readonly host: string;
  readonly port: number;
  /** Of a Unix socket; empty if it is none. */
  readonly path: string;
}

const SCHEMES: Readonly<Record<string, Pick<UpstreamPlace, 'protocol' | 'tls'>>> = {
  smtp: { protocol: 'smtp', tls: 'none' },
  'smtp+tls': { protocol: 'smtp', tls: 'starttls' },
  'smtp+tls-if-offered': { protocol: 'smtp', tls: 'if-offered' },
  smtps: { protocol: 'smtp', tls: 'implicit' },
  lmtp: { protocol: 'lmtp', tls: 'none' },
  'lmtp+tls': { protocol: 'lmtp', tls: 'starttls' },
};

export function readUpstreamPlace(text: string): UpstreamPlace | null {
  const parts = /^(?:([a-z+-]+):\/\/)?(.+)$/.exec(text);
  const scheme = SCHEMES[parts?.[1] ?? 'smtp'];
  const rest = parts?.[2] ?? '';
  if (scheme === undefined) return null;
  if (rest.startsWith('/')) return { ...scheme, host: '', port: 0, path: rest };
  const place = HOST_PORT.exec(rest);
  const host = place?.[1] ?? place?.[2] ?? '';
  const port = Number(place?.[3] ?? 0);
  return host !== '' && port > 0 && port <= 65_535 ? { ...scheme, host, port, path: '' } : null;
}

/** `10.0.0.5:25`, `smtp+tls://mail.example.com:25`, `smtps://…:465`, `lmtp://…:24` or `lmtp:///run/lmtp`. */
export const upstreamPlace = z.string().transform((text, context): UpstreamPlace => {
  const place = readUpstreamPlace(text);
  if (place !== null) return place;
  context.addIssue({
    code: 'custom',
    message:
      'a server and its port, such as 10.0.0.5:25, smtp+tls://mail.example.com:25, lmtp://10.0.0.5:24 or lmtp:///run/lmtp',
  });
  return z.NEVER;
});
