import { once } from 'node:events';
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Clock } from './clock.ts';
import { type Endpoint, type Failure, readConnectError } from './dialler.ts';
import { httpFaultOf } from './http-fault.ts';

/** Bounds of one look at a web server. Milliseconds, bytes and counts. */
export interface WebLimits {
  /** From a request to the last byte taken of its answer. */
  readonly answer: number;
  /** Bytes taken of a body; what comes after is left. */
  readonly body: number;
  readonly fields: number;
  /** Characters taken of one field. */
  readonly field: number;
}

export const WEB_LIMITS: WebLimits = { answer: 10_000, body: 32_768, fields: 100, field: 2_048 };

/** What a web server answers, as it is: any status, no redirect followed, the beginning of the body. */
export interface WebAnswer {
  readonly status: number;
  /** Names in lower case, in the order they came. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface WebConnection {
  /** Asks for one path. Never throws for what the server did. */
  get(path: string, fields?: Readonly<Record<string, string>>): Promise<WebAnswer | Failure>;
  close(): void;
}

export interface WebTarget extends Endpoint {
  /** Asked for in `Host` and in TLS. */
  readonly name: string;
  readonly secure: boolean;
}

/** Opens connections to web servers to look at them: no certificate is trusted or refused, and nothing is sent but GET. */
export interface WebClient {
  open(target: WebTarget, options?: { readonly signal?: AbortSignal }): WebConnection;
}

export interface WebClientSettings {
  readonly clock: Clock;
  readonly limits?: Partial<WebLimits>;
}

/** Makes a web client. One connection at a time is kept open for all paths of a target. */
export function createWebClient({ clock, limits: given }: WebClientSettings): WebClient {
  const limits = { ...WEB_LIMITS, ...given };
  return {
    open(target, { signal: stop } = {}) {
      const kept = { keepAlive: true, maxSockets: 1 };
      // Whose certificate it is does not matter to somebody who only reads what strangers are shown.
      const agent = target.secure ? new SecureAgent({ ...kept, rejectUnauthorized: false }) : new PlainAgent(kept);
      return {
        async get(path, fields = {}) {
          const over = new AbortController();
          const signal = stop === undefined ? over.signal : AbortSignal.any([over.signal, stop]);
          const late = clock.sleep(limits.answer, signal).then(
            () => over.abort(),
            () => {},
          );
          try {
            return await take(await ask(target, path, fields, agent, signal), limits);
          } catch (fault) {
            if (stop?.aborted === true) return { ok: false, reason: 'budget', detail: 'the scan was stopped' };
            if (over.signal.aborted)
              return { ok: false, reason: 'timeout', detail: `no answer within ${limits.answer / 1000} s` };
            return failureOf(fault);
          } finally {
            over.abort();
            await late;
          }
        },
        close: () => agent.destroy(),
      };
    },
  };
}

async function ask(
  { name, address, port, secure }: WebTarget,
  path: string,
  fields: Readonly<Record<string, string>>,
  agent: PlainAgent | SecureAgent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const host = name.includes(':') ? `[${name}]` : name;
  const outgoing = (secure ? secureRequest : plainRequest)({
    agent,
    host: address,
    port,
    path,
    signal,
    headers: { host: port === (secure ? 443 : 80) ? host : `${host}:${port}`, accept: '*/*', ...fields },
    ...(isIP(name) === 0 ? { servername: name } : {}),
  });
  // An error that comes once nobody waits for an answer any more must not end the process.
  outgoing.on('error', () => {});
  outgoing.end();
  const [answer] = (await once(outgoing, 'response', { signal })) as [IncomingMessage];
  return answer;
}

/** The answer, with as much of its body as is taken. */
async function take(answer: IncomingMessage, limits: WebLimits): Promise<WebAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop closes the connection; the next path opens another.
    if (size >= limits.body) break;
  }
  const { rawHeaders } = answer;
  const fields: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length && fields.length < limits.fields; at += 2)
    fields.push([(rawHeaders[at] ?? '').toLowerCase(), (rawHeaders[at + 1] ?? '').slice(0, limits.field)]);
  return {
    status: answer.statusCode ?? 0,
    fields,
    body: Buffer.concat(chunks).subarray(0, limits.body).toString('utf8'),
  };
}

function failureOf(fault: unknown): Failure {
  const error = fault instanceof Error ? fault : new Error(String(fault));
  const read = httpFaultOf(error);
  if (read.at === 'reach') return { ok: false, reason: read.reason, detail: error.message };
  const { reason, detail } = readConnectError(error);
  if (reason === 'closed') return { ok: false, reason, detail };
  const code = 'code' in error ? String(error.code) : '';
  return { ok: false, reason: /SSL|TLS|EPROTO/.test(code) ? 'tls-failed' : 'protocol', detail: code || error.message };
}
