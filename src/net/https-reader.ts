import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { UnreachedReason } from '../finding/unreached.ts';
import type { Clock } from './clock.ts';

/** A file on a web server, and where that server is: an address, never a name, so that what was examined is what was resolved. */
export interface HttpsPlace {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** Begins with `/`. */
  readonly path: string;
}

/** How reading a file ended. */
export type HttpsOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** In lower case, without parameters; null if there is none. */
      readonly contentType: string | null;
      /** Where a redirect leads; it is not followed. */
      readonly location: string | null;
      /** UTF-8. */
      readonly body: string;
      /** The body is longer than the limit and is cut there. */
      readonly cut: boolean;
    }
  /** The server is there, and its certificate is not good for this name today. */
  | { readonly kind: 'distrusted'; readonly detail: string }
  /** What was heard is no HTTPS. */
  | { readonly kind: 'broken'; readonly detail: string }
  /** Nobody was heard, which proves nothing. */
  | { readonly kind: 'unreached'; readonly reason: UnreachedReason; readonly detail: string };

/** Reads one file by GET: no redirect, no cookie, no proxy, bounded in time and size. Never throws for what a stranger sent. */
export type HttpsReader = (place: HttpsPlace, signal?: AbortSignal) => Promise<HttpsOutcome>;

export interface HttpsSettings {
  readonly clock: Clock;
  /** Milliseconds for all of it. */
  readonly timeoutMs?: number;
  /** Bytes of the body that are read. */
  readonly bytesMax?: number;
  /** PEM roots to trust beside the built-in ones. */
  readonly roots?: readonly string[];
  readonly userAgent?: string;
}

/** RFC 8461 §3.3 suggests a minute and 64 KB for a policy file. */
const TIMEOUT_MS = 20_000;
const BYTES_MAX = 65_536;

export function createHttpsReader(settings: HttpsSettings): HttpsReader {
  const { clock, timeoutMs = TIMEOUT_MS, bytesMax = BYTES_MAX, roots, userAgent = 'mailward' } = settings;
  return async (place, signal) => {
    const over = new AbortController();
    const stop = () => over.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const late = clock.sleep(timeoutMs, over.signal).then(
      (): HttpsOutcome => ({ kind: 'unreached', reason: 'timeout', detail: `no answer within ${timeoutMs / 1000} s` }),
      (): HttpsOutcome => ({ kind: 'unreached', reason: 'budget', detail: 'the scan was stopped' }),
    );
    const options = {
      host: place.address,
      port: place.port,
      path: place.path,
      servername: place.host,
      headers: { host: place.port === 443 ? place.host : `${place.host}:${place.port}`, 'user-agent': userAgent },
      agent: false,
      signal: over.signal,
      ...(roots === undefined ? {} : { ca: [...rootCertificates, ...roots] }),
    };
    try {
      if (signal?.aborted) stop();
      return await Promise.race([get(options, bytesMax), late]);
    } finally {
      signal?.removeEventListener('abort', stop);
      over.abort();
    }
  };
}

function get(options: RequestOptions, bytesMax: number): Promise<HttpsOutcome> {
  return new Promise((resolve) => {
    const asked = request(options, (answer) => {
      void readBody(answer, bytesMax).then(resolve, (fault: Error) => resolve(faultOf(fault)));
    });
    asked.on('error', (fault) => resolve(faultOf(fault)));
    asked.end();
  });
}

async function readBody(answer: IncomingMessage, bytesMax: number): Promise<HttpsOutcome> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > bytesMax) break;
  }
  answer.destroy();
  const type = answer.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return {
    kind: 'answer',
    status: answer.statusCode ?? 0,
    contentType: type === undefined || type === '' ? null : type,
    location: answer.headers.location ?? null,
    body: Buffer.concat(pieces).subarray(0, bytesMax).toString('utf8'),
    cut: length > bytesMax,
  };
}

const UNREACHED: Readonly<Record<string, UnreachedReason>> = {
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EINVAL: 'unreachable',
  EACCES: 'filtered',
  EPERM: 'filtered',
  ECONNREFUSED: 'refused',
  ABORT_ERR: 'budget',
};
/** OpenSSL's words for a chain it does not trust, and Node's for a name that does not match. */
const DISTRUST = /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|ALTNAME|HOSTNAME_MISMATCH/;

/** Tells apart whether nobody was there, or somebody who cannot prove who he is, or speaks something else. */
function faultOf(fault: Error & { readonly code?: string }): HttpsOutcome {
  const code = fault.code ?? '';
  const reason = UNREACHED[code];
  if (reason !== undefined) return { kind: 'unreached', reason, detail: code };
  // A client's alert about its own missing certificate is not about the server's.
  if (DISTRUST.test(code) && !code.startsWith('ERR_SSL_')) return { kind: 'distrusted', detail: fault.message };
  return { kind: 'broken', detail: code === '' ? fault.message : code };
}
