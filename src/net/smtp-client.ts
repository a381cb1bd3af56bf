import type { Clock } from './clock.ts';
import type { Dialler, Endpoint, Failure } from './dialler.ts';
import { createSmtpConnection, type SmtpConnection } from './smtp-connection.ts';

/** How long and how much a server may take. Milliseconds and bytes. */
export interface SmtpLimits {
  readonly connect: number;
  /** For the greeting: a server may make a stranger wait on purpose (postscreen 6 s, Sendmail's greet_pause). */
  readonly greeting: number;
  /** For the whole reply to one command, from the command's last byte. */
  readonly command: number;
  readonly handshake: number;
  /** For the connection from its opening to its end; a server that sends one byte a second ends here at the latest. */
  readonly total: number;
  /** Bytes read from the server, inside and outside TLS together. */
  readonly bytes: number;
}

export const SMTP_LIMITS: SmtpLimits = {
  connect: 10_000,
  greeting: 30_000,
  command: 20_000,
  handshake: 15_000,
  total: 90_000,
  bytes: 262_144,
};

export interface SmtpClientSettings {
  readonly clock: Clock;
  readonly dial: Dialler;
  readonly limits?: Partial<SmtpLimits>;
  /** PEM roots that the certificate chain is held against instead of the built-in ones. */
  readonly roots?: readonly string[];
}

/** Opens SMTP connections that record what passes and end in bounded time and memory, whatever a server does. */
export interface SmtpClient {
  /** Connects and nothing more: the greeting is the first thing to ask the connection for. */
  open(
    endpoint: Endpoint,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly ok: true; readonly connection: SmtpConnection } | Failure>;
}

export function createSmtpClient(settings: SmtpClientSettings): SmtpClient {
  const limits: SmtpLimits = { ...SMTP_LIMITS, ...settings.limits };
  return {
    async open(endpoint, options = {}) {
      const signal = options.signal === undefined ? {} : { signal: options.signal };
      const dialled = await settings.dial(endpoint, { timeout: Math.min(limits.connect, limits.total), ...signal });
      if (!dialled.ok) return dialled;
      const connection = createSmtpConnection(dialled.socket, {
        clock: settings.clock,
        limits,
        ...(settings.roots === undefined ? {} : { roots: settings.roots }),
        ...signal,
      });
      return { ok: true, connection };
    },
  };
}
