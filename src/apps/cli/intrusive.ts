import type { Depth } from '../../finding/report.ts';
import type { Pin, ScanTools } from '../../scan/probe.ts';
import type { Target } from '../../scan/target.ts';
import { bounceBox, type OpenBounceBox } from '../bounce-box.ts';
import { consentSecret, consentToken } from '../consent.ts';
import { askScanConsent } from '../scan-consent.ts';
import { dataFolder } from './data-folder.ts';
import { CannotError, type Io, UsageError } from './io.ts';

/** The options of a scan that count where it does more than any sending server may. */
export interface IntrusiveOptions {
  readonly depth: Depth;
  readonly authorised?: string;
  readonly bounceFrom?: string;
  readonly mailbox?: string;
  /** Seconds. */
  readonly bounceWait: number;
  readonly connect?: ReadonlyMap<string, Pin>;
  readonly data?: string;
}

/** The mailbox may be another machine's, whose clock differs. */
const CLOCKS_APART_MS = 60_000;

/** The mailbox that the report of a scan's letter comes back to; null if no letter is wanted. Throws `UsageError` if options contradict each other. */
export function bounceOptions(options: IntrusiveOptions, io: Io): OpenBounceBox | null {
  const { depth, bounceFrom, mailbox, authorised = '' } = options;
  if (depth !== 'intrusive') {
    if (bounceFrom !== undefined || mailbox !== undefined)
      throw new UsageError('--bounce-from and --mailbox belong to --depth intrusive');
    return null;
  }
  if (authorised.trim() === '')
    throw new UsageError(
      '--depth intrusive does more than any sending server: --authorised "who and why" says who allows it',
    );
  if (bounceFrom === undefined && mailbox === undefined) return null;
  if (bounceFrom === undefined || mailbox === undefined)
    throw new UsageError(
      '--bounce-from ADDRESS and --mailbox DIR go together: whose address, and where its mail arrives',
    );
  const made = bounceBox({
    address: bounceFrom,
    mailbox,
    password: io.env['MAILWARD_MAILBOX_PASSWORD'],
    patience: options.bounceWait * 1000,
    authorised,
    since: io.clock.now() - CLOCKS_APART_MS,
  });
  if ('fault' in made) throw new UsageError(made.fault);
  return made;
}

/** True if this target may be scanned as deep as was asked; else `complain` is told why not. */
export async function mayBeScanned(
  target: Target,
  options: IntrusiveOptions,
  tools: ScanTools,
  io: Io,
  complain: (fault: string) => void,
): Promise<boolean> {
  if (options.depth !== 'intrusive') return true;
  const folder = dataFolder(options.data, io.env);
  const token = (domain: string): string => {
    try {
      return consentToken(domain, consentSecret(folder));
    } catch (fault) {
      throw new CannotError(`the secret of this installation cannot be kept in ${folder}`, { cause: fault });
    }
  };
  const pins = options.connect ?? new Map<string, Pin>();
  const consent = await askScanConsent({ target, pins, authorised: options.authorised, token, tools });
  if (!consent.granted) complain(`${target.text}: ${consent.because}`);
  return consent.granted;
}
