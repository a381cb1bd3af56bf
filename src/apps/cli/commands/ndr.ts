import { loadBounceWords, loadTelltaleFields } from '../../../knowledge/load-words.ts';
import { ndrReader } from '../../../ndr/read.ts';
import { identify } from '../../../platform/identify.ts';
import { ndrJson } from '../../../report/ndr-json.ts';
import { renderNdr } from '../../../report/ndr-text.ts';
import { readMessage } from '../../../wire/mime/message.ts';
import { messagesIn } from '../../mailbox/messages.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { EXIT, type ExitCode, type Io, write, writeJson } from '../io.ts';
import { drawnProgress, silentProgress } from '../progress.ts';
import { styleOf } from '../style.ts';

interface NdrOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** `mailward ndr`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand('ndr', 'Reads bounces and headers: what happened to a message, and what it gives away.', [
    ['mailward ndr bounce.eml', 'one message, for a person'],
    ['mailward ndr --json Maildir/ old.mbox', 'a folder and a mailbox, one JSON object a message'],
    ['ssh mx cat /var/mail/postmaster | mailward ndr -', 'a mailbox from stdin'],
  ])
    .argument('<paths...>', 'files (.eml, .msg), folders, mailboxes; - is stdin')
    .option('--json', 'print one JSON object a message')
    .option('--verbose', 'show everything that was found')
    .option(...DATA_OPTION)
    .action(async (paths: readonly string[], options: NdrOptions) => done(await run(paths, options, io)));
}

async function run(paths: readonly string[], { json, verbose }: NdrOptions, io: Io): Promise<ExitCode> {
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  let code: ExitCode = EXIT.fine;
  // Reports on the terminal show by themselves how far it is.
  const drawn = styleOf(io).progress && io.stdout.isTTY !== true;
  const progress = drawn ? drawnProgress(io.stderr, io.clock) : silentProgress;
  const complain = (sentence: string) => {
    progress.clear();
    return write(io.stderr, `mailward ndr: ${sentence}\n`);
  };
  let count = 0;
  for await (const found of messagesIn(paths, io.stdin)) {
    if (io.signal.aborted) break;
    count++;
    if ('fault' in found) {
      code = EXIT.cannot;
      await complain(found.fault.message);
      continue;
    }
    progress.began(found.file);
    const message = readMessage(found.bytes);
    const report = reader.read(message, found.file);
    if (report.kind === 'mail' && message.parts[0]?.header.fields.length === 0) {
      code = EXIT.cannot;
      const why = found.bytes.length === 0 ? 'it is empty' : 'it begins with no header field';
      await complain(`${found.file} holds no message: ${why}`);
      progress.ended();
      continue;
    }
    if (json === true) await writeJson(io, ndrJson(report));
    else {
      const lines = [...renderNdr(report, { ...styleOf(io), verbose: verbose === true })];
      await write(io.stdout, `${lines.join('\n')}\n\n`);
    }
    progress.ended();
  }
  progress.clear();
  if (count === 0 && !io.signal.aborted) await complain(`no message in ${paths.join(', ')}`);
  return code;
}
