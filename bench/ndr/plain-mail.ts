import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { rows } from './labels.ts';

// How much ordinary mail is taken for a bounce: the sets of spam, ham and phishing hold hardly any.
const [folder = process.env['MAILWARD_CORPORA']] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/ndr/plain-mail.ts CORPORA');
const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
for (const set of ['spam/spamassassin', 'spam/csdmc2010', 'spam/ham_extra', 'phish/phishing_pot']) {
  const kinds = new Map<string, string[]>();
  let count = 0;
  const before = process.cpuUsage();
  for await (const row of rows<{ id: string; raw: string }>(`${folder}/${set}.jsonl.gz`)) {
    count++;
    const report = reader.read(readMessage(Buffer.from(row.raw, 'latin1')), row.id);
    kinds.set(report.kind, [...(kinds.get(report.kind) ?? []), row.id]);
  }
  const spent = process.cpuUsage(before);
  console.log(set, count, `${Math.round(count / ((spent.user + spent.system) / 1e6))} a CPU second`);
  for (const [kind, ids] of kinds)
    if (kind !== 'mail') console.log(`  ${kind}: ${ids.length}`, ids.slice(0, 12).join(' '));
}
