/** DANE (RFC 7672) with a Postfix, and names that Knot signs and Unbound validates: records of each kind, a key that changes, and signatures that are wrong. */
import { createHash, type X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type GuardedMx, withGuardedMx } from '../harness/guarded-mx.ts';
import { type Case, expectFate, withRoutes } from '../harness/routed-edge.ts';
import { withServer } from '../harness/server.ts';
import { knot } from '../harness/servers/knot.ts';
import { unbound } from '../harness/servers/unbound.ts';

/** A TLSA record's data for a certificate. */
function tlsa(usage: number, selector: number, matching: number, { raw, publicKey }: X509Certificate): string {
  const bytes = selector === 0 ? raw : publicKey.export({ type: 'spki', format: 'der' });
  const data =
    matching === 0
      ? bytes
      : createHash(matching === 1 ? 'sha256' : 'sha512')
          .update(bytes)
          .digest();
  return `${usage} ${selector} ${matching} ${data.toString('hex')}`;
}

const OTHER = '3 1 1 '.padEnd(70, 'ab');

/** TLSA records of a server, how it is used, and what becomes of mail. */
type Row = readonly [what: string, records: readonly string[], fate: Case['fate'], entry?: string];

const STRICT = 'smtp+tls';
const LOOSE = 'smtp+tls-if-offered';

const signed = ({ leaf, root }: GuardedMx): readonly Row[] => [
  ...[0, 1].flatMap((selector) =>
    [0, 1, 2].map((matching): Row => [`3 ${selector} ${matching}`, [tlsa(3, selector, matching, leaf)], 'inside TLS']),
  ),
  ...[0, 1].flatMap((selector) =>
    [1, 2].map((matching): Row => [`2 ${selector} ${matching}`, [tlsa(2, selector, matching, root)], 'inside TLS']),
  ),
  ['another key', [OTHER], /not what TLSA asks for/],
  ['another key, where anybody would do', [OTHER], /not what TLSA asks for/, LOOSE],
  ['the next key and the present one', [OTHER, tlsa(3, 1, 1, leaf)], 'inside TLS'],
  ['the leaf as if it were an authority', [tlsa(2, 1, 1, leaf)], /not what TLSA asks for/],
  ['an authority as if it were the leaf', [tlsa(3, 1, 1, root)], /not what TLSA asks for/],
  ['a usage that SMTP has not', [tlsa(1, 1, 1, leaf)], /no TLSA record of .* can be used/],
  ['a usage that SMTP has not, where anybody would do', [tlsa(1, 1, 1, leaf)], 'inside TLS', LOOSE],
  ['a usage that SMTP has not, and one that it has', [tlsa(0, 0, 1, root), tlsa(3, 1, 1, leaf)], 'inside TLS'],
  ['none', [], /has no TLSA record/],
  ['none, where anybody would do', [], 'inside TLS', LOOSE],
];
/** The authority is right, and the name is not in the certificate. */
const misnamed = ({ leaf, root }: GuardedMx): readonly Row[] => [
  ['an authority, and another name', [tlsa(2, 0, 1, root)], /not what TLSA asks for/],
  ['a key, and another name', [tlsa(3, 1, 1, leaf)], 'inside TLS'],
];
/** Nobody vouches for the zone. */
const unsigned = ({ leaf }: GuardedMx): readonly Row[] => [
  ['records that are not signed', [tlsa(3, 1, 1, leaf)], /are not signed/],
  ['others that are not signed, where anybody would do', [OTHER], 'inside TLS', LOOSE],
];
/** The key that signs is not the one that is vouched for. */
const forged = ({ leaf }: GuardedMx): readonly Row[] => [
  ['of a wrong signature', [tlsa(3, 1, 1, leaf)], /TLSA of .*SERVFAIL/i],
  ['of a wrong signature, where anybody would do', [tlsa(3, 1, 1, leaf)], /TLSA of .*SERVFAIL/i, LOOSE],
];

const HEAD = '$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\n';

test('TLSA records of a real signed zone decide who gets mail; where they are not sure nobody does', (t) =>
  withGuardedMx(t, ['*.signed.test', '*.plain.test', 'target.misnamed.test'], async (mx) => {
    const { address, port } = mx.server;
    const cases: Case[] = [];
    const texts = new Map<string, string>();
    const add = (zone: string, text: string) => texts.set(zone, `${texts.get(zone) ?? HEAD}${text}\n`);
    const declare = (zone: string, [what, records, fate, scheme = STRICT]: Row, apart = false) => {
      const label = `mx${cases.length}`;
      const host = `${label}.${zone}`;
      const trust = scheme === STRICT ? 'dane' : 'anybody';
      cases.push({
        what: `TLSA: ${what}`,
        host,
        entry: `{ to: "${scheme}://${host}:${port}", trust: ${trust} }`,
        fate,
      });
      add(zone, `${label} A ${address}`);
      for (const data of records)
        if (apart) add(`_tcp.${host}`, `_${port} TLSA ${data}`);
        else add(zone, `_${port}._tcp.${label} TLSA ${data}`);
    };
    for (const row of signed(mx)) declare('signed.test', row);
    // An alias of a host of another zone, whose records and name count.
    const alias = `alias.signed.test`;
    add('signed.test', `alias CNAME target.misnamed.test.`);
    add('misnamed.test', `target A ${address}\n_${port}._tcp.target TLSA ${tlsa(2, 0, 1, mx.root)}`);
    const entry = `{ to: "${STRICT}://${alias}:${port}", trust: dane }`;
    cases.push({ what: 'TLSA: of what the name stands for', host: alias, entry, fate: 'inside TLS' });
    for (const row of misnamed(mx)) declare('misnamed.test', row);
    for (const row of unsigned(mx)) declare('plain.test', row);
    for (const row of forged(mx)) declare('plain.test', row, true);
    const zones = [...texts].map(([name, text]) => ({ name, text }));
    await withServer(t, knot(zones, { signed: true }), {}, async (authority) => {
      const dsOf = (zone: string) => authority.exec('keymgr', ['-c', `${authority.folder}/knot.conf`, zone, 'ds']);
      const right = await Promise.all(['signed.test', 'misnamed.test'].map(dsOf));
      const names = zones.map(({ name }) => name).filter((name) => name.startsWith('_tcp.'));
      const wrong = names.map((name) => (right[0] ?? '').replaceAll('signed.test', name));
      const stubs = zones.map(({ name }) => ({ name, address: authority.address, port: authority.port }));
      await withServer(t, unbound({ stubs, anchors: [...right, ...wrong].join('\n') }), {}, (resolver) =>
        withRoutes(mx, cases, resolver, async (edge) => {
          for (const [number, row] of cases.entries()) await t.test(row.what, () => expectFate(edge, mx, number, row));
        }),
      );
    });
  }));
