/**
 * Cross-checks reasons by sender family, five-fold: `node bench/ndr/unseen.ts CORPORA [all]`. For each fold, the clauses that stand in no message of any other
 * family are left out, as they could have been learnt from that fold alone; then the fold is read. Clauses whose source is a document or a product's
 * own list stay, unless `all` is given.
 */
import { type BounceWords, loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { compileClauses } from '../../src/ndr/clause.ts';
import { materialOf } from '../../src/ndr/material.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { labelledMessages } from './labels.ts';
import { compare, messagesOf, newFigures, percent, together } from './measure.ts';

const FOLDS = 5;
/** The source of clauses that were seen in messages and stand in no document. */
const LEARNT = 'observed in bounces';

const [folder = process.env['MAILWARD_CORPORA'], which] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/ndr/unseen.ts CORPORA [all]');
const words = loadBounceWords();
const samples = await Promise.all(
  (await labelledMessages(folder)).map(async (label) => ({ label, messages: await messagesOf(label.bytes) })),
);
const families = [...new Set(samples.map(({ label }) => label.family))].sort();
const foldOf = new Map(families.map((family, index) => [family, index % FOLDS]));

/** The folds whose messages hold a clause's words, by the clause's place in the data. */
const seenIn = words.clauses.map(() => new Set<number>());
const bare = words.clauses.flatMap(({ clause }, index) => (clause === undefined ? [] : [{ clause, index }]));
const everywhere = compileClauses(bare, words.classes);
for (const { label, messages } of samples) {
  for (const bytes of messages) {
    const { text, subject, status } = materialOf(readMessage(bytes));
    const told = (status?.recipients ?? []).flatMap(({ fields }) => fields.map(({ value }) => value));
    for (const said of [text, subject, ...told])
      for (const { index } of everywhere.match(said, new Set())) seenIn[index]?.add(foldOf.get(label.family) as number);
  }
}

const figures = newFigures();
for (let fold = 0; fold < FOLDS; fold++) {
  const isOwn = (index: number) => seenIn[index]?.size === 1 && seenIn[index].has(fold);
  const clauses = words.clauses.filter(
    ({ source }, index) => !(isOwn(index) && (which === 'all' || source === LEARNT)),
  );
  const without: BounceWords = { ...words, clauses };
  const reader = ndrReader({ words: without, telltale: loadTelltaleFields(), identify });
  const own = newFigures();
  for (const { label, messages } of samples) {
    if (foldOf.get(label.family) !== fold) continue;
    const report = together(messages.map((bytes) => reader.read(readMessage(bytes), label.id)));
    for (const tallies of [own, figures]) compare(label, report, tallies);
  }
  console.log(
    `fold ${fold + 1}: ${words.clauses.length - clauses.length} clauses left out, reason ${percent(own.reason)}`,
  );
}
for (const [what, tally] of Object.entries(figures)) console.log(what.padEnd(10), percent(tally));
