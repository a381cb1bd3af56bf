/**
 * The bounce corpus against its labels: the shares that `mailward ndr` promises. `node bench/ndr/measure.ts` names what is wrong. Registers only
 * where `MAILWARD_CORPORA` names the corpora.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelledMessages } from '../../bench/ndr/labels.ts';
import { compare, type Figures, messagesOf, newFigures, together } from '../../bench/ndr/measure.ts';
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { readMessage } from '../../src/wire/mime/message.ts';

const folder = process.env['MAILWARD_CORPORA'];

/** Per cent of what is asserted. */
const PROMISED: Readonly<Record<keyof Figures, number>> = {
  bounce: 99.5,
  recipient: 99.5,
  status: 98,
  replyCode: 98,
  reason: 95,
};
/** Bytes between two cuts, and the cuts of one message. */
const STEP = 64;
const CUTS_MAX = 100;

if (folder !== undefined) {
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });

  test('bounces are read as labelled', async () => {
    const figures = newFigures();
    for (const label of await labelledMessages(folder)) {
      const messages = await messagesOf(label.bytes);
      compare(label, together(messages.map((bytes) => reader.read(readMessage(bytes), label.id))), figures);
    }
    for (const [what, { asserted, right, wrong }] of Object.entries(figures)) {
      assert.ok(asserted > 100, what);
      assert.ok((100 * right) / asserted >= PROMISED[what as keyof Figures], `${what}\n${wrong.join('\n')}`);
    }
  });

  test('bounces, cut anywhere, end in a report', async () => {
    for (const { bytes, id } of await labelledMessages(folder)) {
      const step = STEP * Math.max(1, Math.ceil(bytes.length / STEP / CUTS_MAX));
      for (let end = 0; end < bytes.length; end += step) {
        const report = reader.read(readMessage(bytes.subarray(0, end)), id);
        assert.ok(Array.isArray(report.recipients) && Array.isArray(report.hops) && Array.isArray(report.disclosures));
      }
    }
  });
}
