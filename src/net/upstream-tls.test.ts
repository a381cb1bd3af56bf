import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { createSecureContext, createServer } from 'node:tls';
import { declaredZone } from '../../test/harness/declared-zone.ts';
import { askTlsa, type TlsaRecord } from './dane.ts';
import { type CertifiedKey, makeCertificate } from './tls-certificate.ts';
import { beginTls, distrustOf, type UpstreamTls, type UpstreamTrust } from './upstream-tls.ts';

const DAY = 86_400_000;
const during = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
const authority = makeCertificate({ names: ['Root of the test'], ...during, authority: true });
const issuer = { ...authority, name: 'Root of the test' };
const good = makeCertificate({ names: ['mail.x.test'], ...during, issuer });
const old = makeCertificate({
  names: ['mail.x.test'],
  notBefore: new Date(Date.now() - 9 * DAY),
  notAfter: new Date(Date.now() - DAY),
  issuer,
});
const stranger = makeCertificate({ names: ['mail.x.test'], ...during });

/** What a client that trusts as told says of a server with this certificate; null if it goes on. */
async function judged(
  shown: CertifiedKey,
  trust: UpstreamTrust,
  more: { name?: string; roots?: string; withIssuer?: boolean } = {},
): Promise<string | null> {
  const { name = 'mail.x.test', roots = authority.certificate, withIssuer = false } = more;
  const cert = withIssuer ? `${shown.certificate}${authority.certificate}` : shown.certificate;
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key: shown.key }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const plain = connect({ host: '127.0.0.1', port: (server.address() as { port: number }).port });
  const tls: UpstreamTls = { mode: 'implicit', name, context: createSecureContext({ ca: roots }), trust };
  const secure = beginTls(plain, tls);
  await once(secure, 'secureConnect');
  const distrust = distrustOf(secure, tls, Date.now());
  secure.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
  return distrust;
}

const der = ({ certificate }: CertifiedKey) => new X509Certificate(certificate).raw;
const spki = ({ certificate }: CertifiedKey) =>
  new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const tlsa = (usage: number, selector: number, matching: number, data: string): UpstreamTrust => ({
  kind: 'dane',
  records: [{ usage, selector, matching, data }],
});
const pinned = (pin: string): UpstreamTrust => ({ kind: 'pins', pins: new Set([pin]) });

test('by roots: a chain to a root and the name, and neither alone', async () => {
  assert.equal(await judged(good, { kind: 'roots' }), null);
  assert.match((await judged(good, { kind: 'roots' }, { name: 'other.x.test' })) ?? '', /not for other\.x\.test/);
  assert.match((await judged(stranger, { kind: 'roots' })) ?? '', /not trusted: DEPTH_ZERO_SELF_SIGNED_CERT/);
  assert.match((await judged(old, { kind: 'roots' })) ?? '', /not trusted: CERT_HAS_EXPIRED/);
});

test('by pin: this certificate or this key, whatever its name, date and issuer', async () => {
  assert.equal(await judged(stranger, pinned(sha256(der(stranger))), { name: 'else.test' }), null);
  assert.equal(await judged(old, pinned(sha256(spki(old)))), null);
  const change: UpstreamTrust = { kind: 'pins', pins: new Set([sha256(spki(stranger)), sha256(spki(good))]) };
  for (const shown of [stranger, good]) assert.equal(await judged(shown, change), null, 'two, while a key changes');
  assert.match((await judged(good, pinned(sha256(der(stranger))))) ?? '', /not the one that is pinned/);
});

test('by TLSA: the certificate or key that is named (3), or a chain to the authority that is (2)', async () => {
  assert.equal(await judged(old, tlsa(3, 1, 1, sha256(spki(old))), { name: 'else.test' }), null);
  assert.equal(await judged(stranger, tlsa(3, 0, 0, der(stranger).toString('hex'))), null);
  assert.match((await judged(good, tlsa(3, 1, 1, sha256(spki(stranger))))) ?? '', /not what TLSA asks for/);
  const root = tlsa(2, 0, 1, sha256(der(authority)));
  assert.equal(await judged(good, root, { withIssuer: true }), null);
  assert.match((await judged(good, root, { withIssuer: true, name: 'else.test' })) ?? '', /TLSA/, 'the name counts');
  assert.match((await judged(old, root, { withIssuer: true })) ?? '', /TLSA/, 'so does the date');
  // A certificate of nobody's, with the authority's only laid beside it.
  assert.match((await judged(stranger, root, { withIssuer: true })) ?? '', /TLSA/, 'so does the signature');
});

test('by roots and TLSA: both, where a policy asks for the one and DNS for the other', async () => {
  const both = (of: CertifiedKey): UpstreamTrust => ({
    kind: 'roots',
    records: [{ usage: 3, selector: 1, matching: 1, data: sha256(spki(of)) }],
  });
  assert.equal(await judged(good, both(good)), null);
  assert.match((await judged(good, both(stranger))) ?? '', /not what TLSA asks for/);
  assert.match((await judged(stranger, both(stranger))) ?? '', /not trusted/);
});

test('the name is asked for in the handshake, so that a server of many names shows the right certificate; an address is none', async () => {
  const asked: string[] = [];
  const show = { cert: good.certificate, key: good.key };
  const server = createServer({
    ...show,
    SNICallback: (name, done) => done(null, asked.push(name) > 0 ? createSecureContext(show) : undefined),
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  for (const name of ['mail.x.test', '127.0.0.1']) {
    const trust: UpstreamTrust = { kind: 'anybody' };
    const secure = beginTls(connect({ host: '127.0.0.1', port }), {
      mode: 'implicit',
      name,
      context: createSecureContext(),
      trust,
    });
    await once(secure, 'secureConnect');
    secure.destroy();
  }
  server.close();
  assert.deepEqual(asked, ['mail.x.test']);
});

test('anybody is anybody', async () => {
  assert.equal(await judged(stranger, { kind: 'anybody' }, { name: 'else.test' }), null);
});

const NAME = '_25._tcp.mail.x.test';
const DATA = 'ab'.repeat(32);
const zones: readonly (readonly [what: string, zone: string, kind: string])[] = [
  ['signed', `${NAME} TLSA 3 1 1 ${DATA}\nx.test ! signed`, 'records'],
  ['not signed', `${NAME} TLSA 3 1 1 ${DATA}`, 'none'],
  ['absent', 'mail.x.test A 127.0.0.1', 'none'],
  ['signed, of a usage that SMTP has not', `${NAME} TLSA 1 1 1 ${DATA}\nx.test ! signed`, 'unusable'],
  ['of a server that does not answer', `${NAME} ! servfail`, 'unknown'],
  ['of a name whose address is not told', 'mail.x.test ! servfail', 'unknown'],
];
for (const [what, zone, kind] of zones) {
  test(`TLSA ${what}: ${kind}`, async () => {
    const told = await askTlsa(declaredZone(zone), 'mail.x.test', 25);
    assert.equal(told.kind, kind);
    if (told.kind === 'records')
      assert.deepEqual(
        told.records.map(({ usage, data }: TlsaRecord) => [usage, data]),
        [[3, DATA]],
      );
  });
}

const ALIAS = 'mail.x.test CNAME mx.y.test\nmx.y.test A 127.0.0.1\n';
const aliases: readonly (readonly [what: string, zone: string, base: string | null])[] = [
  [
    'of the name that it stands for',
    `_25._tcp.mx.y.test TLSA 3 1 1 ${DATA}\nx.test ! signed\ny.test ! signed`,
    'mx.y.test',
  ],
  [
    'of its own, where the other has none',
    `${NAME} TLSA 3 1 1 ${DATA}\nx.test ! signed\ny.test ! signed`,
    'mail.x.test',
  ],
  ['of its own, where nobody signed what it stands for', `${NAME} TLSA 3 1 1 ${DATA}\nx.test ! signed`, 'mail.x.test'],
  [
    'of nobody, where only what it stands for is signed',
    `_25._tcp.mx.y.test TLSA 3 1 1 ${DATA}\ny.test ! signed`,
    null,
  ],
];
for (const [what, zone, base] of aliases) {
  test(`an alias is held to TLSA ${what}`, async () => {
    const told = await askTlsa(declaredZone(ALIAS + zone), 'mail.x.test', 25);
    assert.equal(told.kind === 'records' ? told.base : null, base);
  });
}
