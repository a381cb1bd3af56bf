import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { type RequestOptions, request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type HttpFault, httpFaultOf } from './http-fault.ts';

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
  /** Where to connect for the first URL, instead of where its name leads. */
  readonly connectTo?: { readonly address: string; readonly port: number };
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
  | { readonly kind: 'failed'; readonly why: string; readonly fault: HttpFault };

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
      if (wish.signal?.aborted) return failed('it was stopped', { at: 'reach', reason: 'budget' });
      if (deadline.aborted)
        return failed(`no whole answer within ${limits.timeout / 1000} s`, { at: 'reach', reason: 'timeout' });
      return failed(whyOf(fault), httpFaultOf(fault));
    }
  };
}

function failed(why: string, fault: HttpFault = { at: 'content' }): HttpOutcome {
  return { kind: 'failed', why, fault };
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
  const { connectTo: _, ...elsewhere } = wish;
  let url = new URL(start);
  let told: HttpFault = { at: 'content' };
  for (let hops = 0; hops <= limits.redirects; hops++) {
    const refusal = refusalOf(url);
    if (refusal !== null) return failed(refusal);
    const answer = await ask(url, hops === 0 ? wish : elsewhere, signal, settings);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (REDIRECTS.has(status) && location !== undefined) {
      answer.destroy();
      told = { at: 'answer', status, location };
      const next = URL.parse(location, url.href);
      if (next === null || next.protocol !== url.protocol) return failed('it redirects to another scheme', told);
      url = next;
      continue;
    }
    if (status === 304) {
      answer.destroy();
      return { kind: 'unchanged' };
    }
    if (status !== 200) {
      answer.destroy();
      return failed(`the server answers ${status}`, { at: 'answer', status, location: null });
    }
    return found(url, answer, limits);
  }
  const times = limits.redirects === 0 ? 'elsewhere' : `more than ${limits.redirects} times`;
  return failed(`it redirects ${times}`, told);
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
  const { connectTo } = wish;
  const outgoing = send(url, {
    ...(connectTo === undefined ? {} : placed(url, connectTo)),
    method: body === null ? 'GET' : 'POST',
    signal,
    headers: {
      host: url.host,
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
  // An error that comes once nobody waits for an answer any more must not end the process.
  outgoing.on('error', () => {});
  outgoing.end(body ?? undefined);
  const [answer] = (await once(outgoing, 'response', { signal })) as [IncomingMessage];
  return answer;
}

/** The URL's own name stays the one that is asked for and that the certificate is held against. */
function placed(url: URL, { address, port }: { readonly address: string; readonly port: number }): RequestOptions {
  return { hostname: address, port, ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}) };
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
    return failed(`it has ${told} bytes; more than ${limits.bytes} are not taken`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.bytes) {
      answer.destroy();
      return failed(`more than ${limits.bytes} bytes are not taken`);
    }
    chunks.push(chunk);
  }
  if (!answer.complete || (told >= 0 && size !== told)) return failed('the answer was cut off');
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
