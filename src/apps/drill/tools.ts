import type { DrillTools } from '../../drill/run.ts';
import type { Clock } from '../../net/clock.ts';
import { createDialler } from '../../net/dialler.ts';
import { createSmtpClient } from '../../net/smtp-client.ts';
import { SMTP_LIMITS, type SmtpLimits } from '../../net/smtp-limits.ts';
import { isInside, readIpv4 } from '../../wire/ip/address.ts';
import { randomToken } from '../compose.ts';

/** How a drill reaches its target. */
export interface DrillReach {
  readonly address: string;
  /** `--from`; null lets the system choose, or on loopback gives each attack an address of its own. */
  readonly from: string | null;
  /** Seconds for one step; null is the default. */
  readonly timeout: number | null;
}

/** Milliseconds between two connections to a server elsewhere; to one of this machine or network they may follow each other. */
const GAP_MS = 1_000;
/** A drill holds connections longer than a scan, and hears more. */
const TOTAL_MS = 300_000;
const BYTES_MOST = 4_194_304;
/** An honest visitor that is not greeted within this many milliseconds is not served. */
const PATIENCE_MS = 10_000;

/** Builds everything of the outside that a drill uses, but for the mailbox. */
export function drillTools(
  { address, from, timeout }: DrillReach,
  clock: Clock,
  signal: AbortSignal,
): Omit<DrillTools, 'mailbox' | 'progress'> & { readonly apart: boolean } {
  const step = timeout === null ? {} : { connect: timeout * 1000, greeting: timeout * 1000, command: timeout * 1000 };
  const client = (localAddress: string | null, own: Partial<SmtpLimits> = {}) =>
    createSmtpClient({
      clock,
      dial: createDialler({ clock, ...(localAddress === null ? {} : { localAddress }) }),
      limits: { ...SMTP_LIMITS, total: TOTAL_MS, bytes: BYTES_MOST, ...own, ...step },
    });
  const loopback = readIpv4(address)?.[0] === 127;
  /** On loopback each attack has a network of its own (127.77.n.0/24), and honest visits another. */
  const vantage = (network: number, member: number) => from ?? (loopback ? `127.77.${network}.${member + 1}` : null);
  return {
    clock,
    attacker: (number, member) => client(vantage(number + 2, member)),
    honest: client(vantage(1, 0), { greeting: PATIENCE_MS, command: PATIENCE_MS }),
    token: randomToken,
    apart: loopback && from === null,
    gap: isInside(address) ? 0 : GAP_MS,
    signal,
  };
}
