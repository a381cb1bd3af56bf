import type { Clock } from './clock.ts';
import type { Dialler, Endpoint, Failure } from './dialler.ts';
import { createSmtpConnection, type SmtpConnection } from './smtp-connection.ts';
import { SMTP_LIMITS, type SmtpLimits } from './smtp-limits.ts';

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
