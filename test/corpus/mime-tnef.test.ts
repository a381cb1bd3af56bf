/**
 * TNEF files, read by us, by MimeKit and by `tnef` 1.4.18: names and contents must be the same. Registers only where `MAILWARD_CORPORA` names the
 * corpora.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allAttachments, readTnef } from '../../src/wire/tnef/tnef.ts';
import { bytesOf, corpora, type RawRecord, records, sha256, sumsOfText } from './mime-samples.ts';

interface TnefFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

interface Sample extends RawRecord {
  readonly expected: { readonly files?: readonly TnefFile[]; readonly names?: readonly string[] };
}

/** IID_IStorage, which stands before the content of an OLE object (MS-OXTNEF §2.1.3.3.15); the references leave it there. */
const OLE_OBJECT = Buffer.from('0b00000000000000c000000000000046', 'hex');

if (corpora !== undefined) {
  const samples = records<Sample>('tnef/tnef.jsonl.gz').filter(({ expected }) => expected.files !== undefined);

  for (const sample of samples) {
    test(`${sample.id} holds what the references find in it`, () => {
      const read = readTnef(bytesOf(sample));
      assert.ok(read !== null);
      const attachments = [...allAttachments(read)];
      const contents = [read.html, read.rtf, read.text, ...attachments.flatMap(({ bytes, rendition }) => [bytes, rendition])];
      const sums = new Set<string>();
      for (const bytes of contents) {
        if (bytes === null) continue;
        for (const sum of sumsOfText(bytes)) sums.add(sum);
        sums.add(sha256(Buffer.concat([OLE_OBJECT, bytes])));
      }
      assert.deepEqual((sample.expected.files ?? []).filter((file) => !sums.has(file.sha256)), []);
      const names = attachments.flatMap((attachment) => attachment.names);
      const wanted = (sample.expected.names ?? []).filter((name) => !name.startsWith('body.'));
      assert.deepEqual(wanted.filter((name) => !names.includes(name)), []);
    });
  }

  test('broken files and files of another kind end in a value', () => {
    for (const sample of records<Sample>('tnef/tnef.jsonl.gz')) assert.doesNotThrow(() => readTnef(bytesOf(sample)));
  });
}
