/**
 * Real records, read by us and by independent programs (pyspf, Mail::DMARC, OpenSSL): the answers must agree, less what is named here with
 * its reason. Runs where `MAILWARD_CORPORA` names a folder of corpora.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readDkimKey } from '../../src/wire/dns/dkim-key.ts';
import { readDmarc } from '../../src/wire/dns/dmarc.ts';
import { coversHost } from '../../src/wire/dns/mta-sts.ts';
import { readSpf } from '../../src/wire/dns/spf.ts';

interface Sample {
  readonly kind: string;
  readonly value: string;
  readonly silver?: {
    readonly syntax_ok?: boolean;
    readonly mail_dmarc?: { readonly valid: boolean };
    readonly has_p?: boolean;
    readonly revoked?: boolean;
    readonly k?: string;
    readonly rsa_bits?: number | null;
    readonly ed25519_len_ok?: boolean;
  };
}

interface Match {
  readonly mx_host?: string;
  readonly pattern?: string;
  readonly expected: { readonly match?: boolean };
}

const folder = process.env['MAILWARD_CORPORA'];

function load<T>(path: string): T[] {
  const text = gunzipSync(readFileSync(join(folder ?? '', path))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Of 100 samples, how many may differ: the other programs are not always right. */
const DIFFER_MAX = 2;

function agree(samples: readonly Sample[], same: (sample: Sample) => boolean): void {
  assert.ok(samples.length >= 10, 'the corpus is there');
  const differ = samples.filter((sample) => !same(sample));
  assert.ok((100 * differ.length) / samples.length <= DIFFER_MAX, differ.map(({ value }) => value).join('\n'));
}

if (folder !== undefined) {
  const samples = load<Sample>('dns/records.jsonl.gz');
  const of = (kind: string) => samples.filter((sample) => sample.kind === kind && sample.silver !== undefined);

  test('SPF records are valid where pyspf says so', () => {
    agree(of('spf'), ({ value, silver }) => 'fault' in readSpf(value) === !silver?.syntax_ok);
  });

  test('DMARC records are valid where Mail::DMARC says so', () => {
    agree(of('dmarc'), ({ value, silver }) => 'fault' in readDmarc(value) === !silver?.mail_dmarc?.valid);
  });

  test('DKIM keys have the size that OpenSSL tells', () => {
    agree(of('dkim'), ({ value, silver }) => {
      const key = readDkimKey(value);
      if ('fault' in key) return !silver?.revoked && !silver?.rsa_bits && silver?.ed25519_len_ok !== true;
      return key.revoked === silver?.revoked && (silver.rsa_bits === undefined || key.bits === silver.rsa_bits);
    });
  });

  test('MTA-STS patterns match as in chasquid', () => {
    const matches = load<Match>('auth/policy_records.jsonl.gz').filter(({ pattern }) => pattern !== undefined);
    assert.ok(matches.length >= 10);
    for (const { pattern = '', mx_host: host = '', expected } of matches)
      assert.equal(coversHost(pattern, host), expected.match, `${pattern} ${host}`);
  });
}
