import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** What a fetch may cost. */
export interface HttpLimits {
  /** Bytes of the body, unpacked. */
  readonly bytes: number;
  /** Milliseconds for everything, redirects included. */
  readonly timeout: number;
  readonly redirects: number;
}

export const HTTP_LIMITS: HttpLimits = { bytes: 128 * 1024 * 1024, timeout: 60_000, redirects: 3 };

export interface HttpWish {
  /** Sent as `If-None-Match` and `If-Modified-Since`. */
  readonly etag?: string | null;
  readonly lastModified?: string | null;
  readonly accept?: string;
  /** Sent by POST as JSON, where it is given. */
  readonly json?: unknown;
  readonly limits?: Partial<HttpLimits>;
  readonly signal?: AbortSignal;
}

export type HttpOutcome =
  | {
      readonly kind: 'found';
      readonly url: string;
      readonly status: number;
      readonly contentType: string | null;
      readonly body: Buffer;
      readonly etag: string | null;
      readonly lastModified: string | null;
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly why: string };

export interface HttpSettings {
  /** Finds the addresses of a name; absent: the system does. */
  readonly addressesOf?: (name: string) => Promise<readonly string[]>;
  /** PEM roots to trust instead of the built-in ones. */
  readonly roots?: readonly string[];
}

/** Fetches a document. Never throws for what the network did. */
export type Fetch = (url: string, wish?: HttpWish) => Promise<HttpOutcome>;

const AGENT = 'mailward';
const unpack = promisify(gunzip);

/**
 * Makes a fetcher over HTTPS. Plain HTTP goes to loopback only, a redirect never leads to another scheme, and nothing is
 * read beyond the limits; a packed body is unpacked within them.
 */
export function createFetch(settings: HttpSettings = {}): Fetch {
  return async (url, wish = {}) => {
    const limits = { ...HTTP_LIMITS, ...wish.limits };
    const deadline = AbortSignal.timeout(limits.timeout);
    const signal = wish.signal === undefined ? deadline : AbortSignal.any([deadline, wish.signal]);
    try {
      return await follow(url, wish, limits, signal, settings);
    } catch (fault) {
      if (wish.signal?.aborted) return { kind: 'failed', why: 'it was stopped' };
      if (deadline.aborted) return { kind: 'failed', why: `no whole answer within ${limits.timeout / 1000} s` };
      return { kind: 'failed', why: whyOf(fault) };
    }
  };
}

function whyOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const { code } = fault as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'it unpacks to more than is taken';
  return fault.message === '' ? (code ?? 'the connection failed') : fault.message;
}

async function follow(
  start: string,
  wish: HttpWish,
  limits: HttpLimits,
  signal: AbortSignal,
  settings: HttpSettings,
): Promise<HttpOutcome> {
  let url = new URL(start);
  for (let hops = 0; hops <= limits.redirects; hops++) {
    const refusal = refusalOf(url);
    if (refusal !== null) return { kind: 'failed', why: refusal };
    const answer = await ask(url, wish, signal, settings);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (REDIRECTS.has(status) && location !== undefined) {
      answer.destroy();
      const next = URL.parse(location, url.href);
      if (next === null || next.protocol !== url.protocol)
        return { kind: 'failed', why: 'it redirects to another scheme' };
      url = next;
      continue;
    }
    if (status === 304) {
      answer.destroy();
      return { kind: 'unchanged' };
    }
    if (status !== 200) {
      answer.destroy();
      return { kind: 'failed', why: `the server answers ${status}` };
    }
    return found(url, answer, limits);
  }
  return { kind: 'failed', why: `it redirects more than ${limits.redirects} times` };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function refusalOf(url: URL): string | null {
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return `${url.protocol} is not fetched`;
  return isLoopback(url.hostname) ? null : 'plain http is not fetched';
}

function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '');
  return plain === 'localhost' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

async function ask(url: URL, wish: HttpWish, signal: AbortSignal, settings: HttpSettings): Promise<IncomingMessage> {
  const body = wish.json === undefined ? null : Buffer.from(JSON.stringify(wish.json));
  const secure = url.protocol === 'https:';
  const send = secure ? secureRequest : plainRequest;
  const { addressesOf, roots } = settings;
  const outgoing = send(url, {
    method: body === null ? 'GET' : 'POST',
    signal,
    headers: {
      'user-agent': AGENT,
      'accept-encoding': 'gzip',
      accept: wish.accept ?? '*/*',
      ...(wish.etag ? { 'if-none-match': wish.etag } : {}),
      ...(wish.lastModified ? { 'if-modified-since': wish.lastModified } : {}),
      ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
    },
    ...(addressesOf === undefined ? {} : { lookup: lookupBy(addressesOf) }),
    ...(secure && roots !== undefined ? { ca: [...roots] } : {}),
  });
  outgoing.end(body ?? undefined);
  const [answer] = (await once(outgoing, 'response', { signal })) as [IncomingMessage];
  return answer;
}

function lookupBy(addressesOf: (name: string) => Promise<readonly string[]>): LookupFunction {
  return (name, options, done) => {
    addressesOf(name).then(
      (addresses) => {
        const all = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = all;
        if (first === undefined) return done(new Error(`${name} has no address`), '', 4);
        return options.all === true ? done(null, all) : done(null, first.address, first.family);
      },
      (fault: unknown) => done(fault instanceof Error ? fault : new Error(String(fault)), '', 4),
    );
  };
}

async function found(url: URL, answer: IncomingMessage, limits: HttpLimits): Promise<HttpOutcome> {
  const told = Number(answer.headers['content-length'] ?? Number.NaN);
  if (told > limits.bytes) {
    answer.destroy();
    return { kind: 'failed', why: `it has ${told} bytes; more than ${limits.bytes} are not taken` };
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.bytes) {
      answer.destroy();
      return { kind: 'failed', why: `more than ${limits.bytes} bytes are not taken` };
    }
    chunks.push(chunk);
  }
  if (!answer.complete || (told >= 0 && size !== told)) return { kind: 'failed', why: 'the answer was cut off' };
  const packed = Buffer.concat(chunks);
  const body =
    answer.headers['content-encoding'] === 'gzip' ? await unpack(packed, { maxOutputLength: limits.bytes }) : packed;
  const { etag, 'last-modified': lastModified, 'content-type': contentType } = answer.headers;
  return {
    kind: 'found',
    url: url.href,
    status: 200,
    contentType: contentType ?? null,
    body,
    etag: etag ?? null,
    lastModified: lastModified ?? null,
  };
}
