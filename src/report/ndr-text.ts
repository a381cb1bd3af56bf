import type { NdrReport } from '../finding/ndr-report.ts';
import { KIND_WORDS } from './bounce-words.ts';
import { wrapped } from './columns.ts';
import { visible } from './escape.ts';
import { paintBox } from './paint.ts';
import { disclosureLines } from './text/disclosures.ts';
import { hopLines } from './text/hops.ts';
import { type Page, pageWidth } from './text/page.ts';
import { recipientLines } from './text/recipients.ts';
import type { TextOptions } from './text.ts';
import { certaintyWords, productName } from './words.ts';

/**
 * One read message as lines of text: what happened and to whom, the way the message took, and what it gives away to
 * whoever reads it. No line holds a raw control character.
 */
export function* renderNdr(
  report: NdrReport,
  { width = 80, colour = false, verbose = false }: Omit<TextOptions, 'comparison'> = {},
): Generator<string> {
  const page: Page = { width: pageWidth(width), paint: paintBox(colour), verbose };
  const { paint } = page;
  for (const line of wrapped(visible(report.file, 300), page.width)) yield paint.strong(line);
  yield paint.quiet('─'.repeat(page.width));
  const forwarded = report.kind === 'mail' && report.recipients.length > 0;
  const what = forwarded ? 'An ordinary message that brings a report as an attachment.' : KIND_WORDS[report.kind];
  for (const line of wrapped(what, page.width)) yield paint.strong(line);
  for (const line of wrapped(visible(reporterWords(report)), page.width)) if (line !== '') yield line;
  yield* originalLines(report, page);
  yield* recipientLines(report.recipients, page);
  yield* hopLines(report.hops, page);
  yield* disclosureLines(report, page);
}

function reporterWords({ reporter, reportingHost }: NdrReport): string {
  const name = productName(reporter);
  const who = name === null || reporter === null ? null : `${name} (${certaintyWords(reporter.certainty)})`;
  if (reportingHost === null) return who === null ? '' : `Written by ${who}.`;
  return who === null ? `Told by ${reportingHost}.` : `Told by ${reportingHost}, which runs ${who}.`;
}

function* originalLines({ original }: NdrReport, { width, paint }: Page): Generator<string> {
  if (original === null) return;
  const fields = [
    ['Subject', original.subject],
    ['From', original.from],
    ['To', original.to],
    ['Date', original.date],
    ['Message-ID', original.messageId],
  ] as const;
  for (const [name, value] of fields) {
    if (value === null) continue;
    for (const [at, line] of wrapped(visible(value, 300), width - 14).entries())
      yield `  ${paint.quiet((at === 0 ? name : '').padEnd(12))}${line}`;
  }
}
