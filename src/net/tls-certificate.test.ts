import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { it } from 'node:test';
import { makeCertificate } from './tls-certificate.ts';

const year = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };

it('makes a certificate that OpenSSL reads, verifies and matches by name', () => {
  const made = makeCertificate({ names: ['mx.example', 'mail.example'], ...year });
  const read = new X509Certificate(made.certificate);
  assert.ok(read.verify(read.publicKey));
  assert.equal(read.checkHost('mail.example', { subject: 'never' }), 'mail.example');
  assert.equal(read.checkHost('other.example', { subject: 'never' }), undefined);
  assert.deepEqual([read.validFromDate, read.validToDate], [year.notBefore, year.notAfter]);
  assert.equal(read.ca, false);
});

it('makes RSA keys of any size and old signatures, for practice', () => {
  const made = makeCertificate({ names: ['old.example'], ...year, key: { rsaBits: 1024 }, hash: 'sha1' });
  const read = new X509Certificate(made.certificate);
  assert.equal(read.publicKey.asymmetricKeyDetails?.modulusLength, 1024);
  assert.ok(read.verify(read.publicKey));
});

it('signs by another certificate', () => {
  const root = makeCertificate({ names: ['Practice Root'], ...year, authority: true });
  const leaf = makeCertificate({ names: ['mx.example'], ...year, issuer: { ...root, name: 'Practice Root' } });
  const read = new X509Certificate(leaf.certificate);
  const issuer = new X509Certificate(root.certificate);
  assert.ok(issuer.ca);
  assert.ok(read.checkIssued(issuer));
  assert.ok(read.verify(issuer.publicKey));
});

it('writes years from 2050 on in the long form', () => {
  const made = makeCertificate({
    names: ['a.example'],
    notBefore: year.notBefore,
    notAfter: new Date('2061-05-06T07:08:09Z'),
  });
  assert.equal(new X509Certificate(made.certificate).validToDate.toISOString(), '2061-05-06T07:08:09.000Z');
});
