import type { NdrReport } from '../../finding/ndr-report.ts';
import type { Report } from '../../finding/report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../knowledge/load-words.ts';
import { ndrReader } from '../../ndr/read.ts';
import { identify } from '../../platform/identify.ts';
import { judge } from '../../scan/judge.ts';
import { look } from '../../scan/look.ts';
import type { ScanTools } from '../../scan/probe.ts';
import { readMessage } from '../../wire/mime/message.ts';
import { CannotError } from '../cli/io.ts';
import type { PracticeRange, PracticeServer } from './practice-range.ts';

/** How long a bounce may take to come back. Milliseconds. */
const PATIENCE = 10_000;

/** Who allows what only owners may allow. */
export const LEAVE = 'the demo, against its own practice range';

/**
 * Scans a company again, as its owner may: the bounce probe writes to nobody there and reads what comes back. `bounce` is the same message, read
 * as `mailward ndr` reads one.
 */
export async function readBounceOf(
  { domain }: PracticeServer,
  { pins, sink }: PracticeRange,
  tools: ScanTools,
): Promise<{ readonly report: Report; readonly bounce: NdrReport }> {
  const dossier = await look(
    { kind: 'domain', domain, text: domain },
    { depth: 'intrusive', smtpPorts: [25], pins },
    {
      ...tools,
      bounces: { address: tools.asker.mailbox, patience: PATIENCE, authorised: LEAVE, holding: sink.holding },
    },
  );
  const recipient = dossier.servers[0]?.endpoints[0]?.seen.bounce?.recipient;
  const [message] = recipient === undefined ? [] : await sink.holding(recipient);
  if (message === undefined) throw new CannotError(`no bounce came back from ${domain} of the range`);
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  return { report: judge(dossier), bounce: reader.read(readMessage(message), 'bounce.eml') };
}
