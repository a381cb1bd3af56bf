import type { NdrReport } from '../../../finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../../knowledge/load-words.ts';
import { ndrReader } from '../../../ndr/read.ts';
import { identify } from '../../../platform/identify.ts';
import { ndrJson } from '../../../report/ndr-json.ts';
import { readMessage } from '../../../wire/mime/message.ts';
import { messagesIn } from '../../mailbox/messages.ts';
import { newCommand } from '../command.ts';
import { EXIT, type ExitCode, type Io, write, writeJson } from '../io.ts';

/** `mailward ndr`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand('ndr', 'Reads bounces and headers: what happened to a message, and what it gives away.', [
    ['mailward ndr bounce.eml', 'one message, for a person'],
    ['mailward ndr --json Maildir/ old.mbox', 'a folder and a mailbox, one JSON object a message'],
    ['ssh mx cat /var/mail/postmaster | mailward ndr -', 'a mailbox from stdin'],
  ])
    .argument('<paths...>', 'files, folders, mailboxes; - is stdin')
    .option('--json', 'print one JSON object a message')
    .action(async (paths: readonly string[], options: { json?: boolean }) =>
      done(await run(paths, options.json === true, io)),
    );
}

async function run(paths: readonly string[], json: boolean, io: Io): Promise<ExitCode> {
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  let code: ExitCode = EXIT.fine;
  for await (const found of messagesIn(paths, io.stdin)) {
    if (io.signal.aborted) break;
    if ('fault' in found) {
      code = EXIT.cannot;
      await write(io.stderr, `mailward ndr: ${found.fault.message}\n`);
      continue;
    }
    const report = reader.read(readMessage(found.bytes), found.file);
    if (json) await writeJson(io, ndrJson(report));
    else await write(io.stdout, summary(report));
  }
  return code;
}

/** One message for a person: what happened, the way it took, what it gives away. */
function summary(report: NdrReport): string {
  const lines = [
    `${report.file}: ${report.kind}${report.reportingHost === null ? '' : `, told by ${report.reportingHost}`}`,
  ];
  for (const { address, action, status, replyCode, reason, diagnostic } of report.recipients) {
    lines.push(`  ${address}  ${action}  ${[replyCode, status, reason].filter((one) => one !== null).join(' ')}`);
    if (diagnostic !== null) lines.push(`    ${diagnostic.slice(0, 200)}`);
  }
  for (const hop of report.hops) {
    const time = hop.delay === null ? '' : `  ${hop.delay} s`;
    lines.push(`  ${hop.from ?? '?'} -> ${hop.by ?? '?'}  ${hop.with ?? ''}${time}`);
    for (const doubt of hop.doubts) lines.push(`    ! ${doubt}`);
  }
  for (const { kind, value, where, severity } of report.disclosures)
    lines.push(`  ${severity.padEnd(8)} ${kind}: ${value}  (${where})`);
  return `${lines.join('\n')}\n\n`;
}
