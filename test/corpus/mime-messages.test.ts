/**
 * The MIME corpus: leaves as Python's email package and MIME-tools read them where the two agree, and as mime4j and Stalwart assert. What differs
 * is named here, and in notes/mime.md with its reason. Registers only where `MAILWARD_CORPORA` names the corpora.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEncodedWords } from '../../src/wire/mime/encoded-word.ts';
import { leavesOf } from '../../src/wire/mime/leaves.ts';
import { decodeBody, readMessage } from '../../src/wire/mime/message.ts';
import { bytesOf, corpora, differing, type RawRecord, records, sha256, sumsOfText } from './mime-samples.ts';

interface Leaf {
  readonly ct: string;
  readonly fn: string | null;
  readonly sha256: string;
}

interface Sample extends RawRecord {
  readonly refs_agree: boolean;
  readonly ref_python: { readonly leaves: readonly Leaf[] };
  readonly expected: {
    readonly leaf_parts?: readonly { readonly path: string; readonly decoded_sha256: string }[];
    readonly parts?: readonly { readonly ct: string | null }[];
  } | null;
}

/** The references look inside: we hold the body of message/partial and message/external-body for content (RFC 2046 §5.2.2, §5.2.3). */
const PARTIAL_OR_EXTERNAL = [
  'flanker/message-external-body',
  'mimekit/partial-message-partial.0.eml',
  'mimekit/partial-rfc2046.0.eml',
  'stalwart/rfc/001',
  'stalwart/thirdparty/009',
];

if (corpora !== undefined) {
  const samples = records<Sample>('mime/messages.jsonl.gz');
  const leaves = ({ raw, id }: Sample) => {
    const message = readMessage(bytesOf({ raw, id }));
    return message.parts
      .filter((part) => part.children.length === 0)
      .map((part) => ({ part, bytes: decodeBody(message, part) }));
  };
  const agreed = samples.filter(({ refs_agree }) => refs_agree);

  test('leaves are those of the two reference parsers where these agree', () => {
    assert.ok(agreed.length > 100);
    const differs = differing(agreed, (sample) => {
      const mine = leaves(sample);
      return (
        mine.map(({ bytes }) => sha256(bytes)).join() === sample.ref_python.leaves.map((leaf) => leaf.sha256).join() &&
        mine.every(({ part }, index) => `${part.type}/${part.subtype}` === sample.ref_python.leaves[index]?.ct)
      );
    });
    assert.deepEqual(differs.filter((id) => !PARTIAL_OR_EXTERNAL.includes(id)), []);
  });

  test('file names are those of the reference parsers, with encoded words read as clients show them', () => {
    const differs = differing(
      agreed.filter(({ id }) => !PARTIAL_OR_EXTERNAL.includes(id)),
      (sample) =>
        leaves(sample).every(({ part }, index) => {
          const wanted = sample.ref_python.leaves[index]?.fn ?? null;
          return wanted === null ? part.fileName === null : readEncodedWords(wanted) === part.fileName;
        }),
    );
    // Two spellings of one name where we take the one of RFC 2231; a trick with quoting; raw bytes; a backslash outside RFC 5322 quoting.
    const known = [
      'chatmail/attach_filename_combined.eml',
      'chatmail/attach_filename_apostrophed_invalid.eml',
      'flanker/russian-attachment-yahoo',
      'mime-tools/testmsgs-multi-2evil',
      'spamassassin-t/nice-unicode1',
      'zbateson/m4008',
    ];
    assert.deepEqual(differs.filter((id) => !known.includes(id)), []);
  });

  test('parts hold what mime4j asserts', () => {
    const wanted = samples.flatMap(({ id, raw, expected }) =>
      (expected?.leaf_parts ?? []).map((part) => ({ id, raw, sum: part.decoded_sha256 })),
    );
    assert.ok(wanted.length > 50);
    const sums = new Map<string, Set<string>>();
    const sumsIn = (sample: RawRecord) => {
      let found = sums.get(sample.id);
      if (found === undefined) {
        found = new Set([...leavesOf(readMessage(bytesOf(sample)), () => {})].flatMap(({ bytes }) => [...sumsOfText(bytes)]));
        sums.set(sample.id, found);
      }
      return found;
    };
    const differs = differing(wanted, (one) => sumsIn(one).has(one.sum));
    const known = [
      // The last one or two digits of broken-off base64: mime4j drops them, the other references and we decode them.
      'mime4j/mt/frag',
      'mime4j/mt/multi-frag',
      // No field at all: mime4j takes text for header lines.
      'mime4j/t/malformedHeader-noheader',
      'mime4j/t/malformedHeaderStartsBody-noheader',
      // A boundary that ends in blanks, which RFC 2046 §5.1.1 forbids; all others cut the blanks off.
      'mime4j/t/very-long-boundary',
      'mime4j/t/very-very-long-boundary',
      'mime4j/t/weird-boundary',
    ];
    assert.deepEqual(differs.filter((id) => !known.includes(id)), []);
  });

  test('well-formed messages have the parts that Stalwart asserts', () => {
    const labelled = samples.filter(({ id, expected }) => expected?.parts !== undefined && !id.includes('/malformed/'));
    assert.ok(labelled.length > 30);
    const differs = differing(labelled, (sample) => {
      const { parts } = readMessage(bytesOf(sample));
      // Stalwart leaves enclosed messages closed, and names no type where none is written.
      const closed = parts.filter((part) => {
        for (let at = part.parent; at >= 0; at = parts[at]?.parent ?? -1) if (parts[at]?.type === 'message') return false;
        return true;
      });
      const wanted = sample.expected?.parts?.map(({ ct }) => ct) ?? [];
      return (
        wanted.length === closed.length &&
        closed.every(({ type, subtype }, index) => [null, `${type}/${subtype}`].includes(wanted[index] ?? null))
      );
    });
    // Boundary lines inside the headers of enclosed messages: Stalwart stops at the first, MIME-tools reads the parts behind it as we do.
    assert.deepEqual(differs.filter((id) => id !== 'stalwart/thirdparty/015'), []);
  });

  test('what is labelled as malformed is read with a word about what is in doubt', () => {
    const malformed = samples.filter(({ id }) => id.startsWith('stalwart/malformed/'));
    assert.ok(malformed.length > 5);
    const silent = differing(malformed, (sample) => {
      const message = readMessage(bytesOf(sample));
      const told: string[] = message.limitsReached.slice();
      for (const _ of leavesOf(message, ({ rule }) => told.push(rule)));
      return told.length > 0 || sample.refs_agree;
    });
    assert.deepEqual(silent, []);
  });
}
