import type { NdrRecipient } from '../../finding/ndr-report.ts';
import { ACTION_WORDS, BOUNCE_REASON_WORDS } from '../bounce-words.ts';
import { wrapped } from '../columns.ts';
import { visible } from '../escape.ts';
import { heading, indented, type Page } from './page.ts';

/** Recipients that are listed without `--verbose`. */
const MOST = 20;

/** What became of each recipient, why, and in whose words. */
export function* recipientLines(recipients: readonly NdrRecipient[], page: Page): Generator<string> {
  if (recipients.length === 0) return;
  yield* heading(recipients.length === 1 ? 'Recipient' : 'Recipients', '', page);
  const shown = page.verbose ? recipients : recipients.slice(0, MOST);
  for (const recipient of shown) yield* oneRecipient(recipient, page);
  if (shown.length < recipients.length)
    yield page.paint.quiet(`  … ${recipients.length - shown.length} more, shown by --verbose`);
}

function* oneRecipient(recipient: NdrRecipient, { width, paint }: Page): Generator<string> {
  const { address, originalAddress, action, status, replyCode, reason, diagnostic, remoteHost, lhost } = recipient;
  const was = originalAddress === null || originalAddress === address ? '' : ` (sent to ${originalAddress})`;
  yield* indented(wrapped(visible(address + was, 600), width - 2).map(paint.strong), 2);
  const codes = [replyCode, status].filter((code) => code !== null && code !== '');
  const mark = action === 'failed' ? paint.bad : action === 'delayed' ? paint.warn : paint.good;
  const said = `${ACTION_WORDS[action]}: ${BOUNCE_REASON_WORDS[reason]} (${[reason, ...codes].join(', ')})`;
  yield* indented(wrapped(visible(said), width - 6).map(mark), 6);
  if (diagnostic !== null) yield* indented(wrapped(`"${visible(diagnostic, 600)}"`, width - 6), 6);
  const where = [
    ...(remoteHost === null ? [] : [`refused by ${remoteHost}`]),
    ...(lhost === null ? [] : [`tried by ${lhost}`]),
  ].join(', ');
  if (where !== '') yield* indented(wrapped(visible(where, 600), width - 6).map(paint.quiet), 6);
}
