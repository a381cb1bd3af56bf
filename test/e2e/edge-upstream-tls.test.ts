/** Whom the edge hands mail to inside TLS: Postfix with the right and the wrong certificate, and somebody in between who takes STARTTLS away. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { send } from '../harness/client.ts';
import { withEdge } from '../harness/edge.ts';
import { type GuardedMx, keyDigest, withAuthority, withGuardedMx } from '../harness/guarded-mx.ts';
import { type Case, expectFate, withRoutes } from '../harness/routed-edge.ts';
import { arrived, withServer } from '../harness/server.ts';
import { courier } from '../harness/servers/courier.ts';
import { exim } from '../harness/servers/exim.ts';
import { sendmail } from '../harness/servers/sendmail.ts';
import { tapWire } from '../harness/tapped-wire.ts';

const OTHER = 'ab'.repeat(32);
const LATER = /STARTTLS is wanted and not offered/;

/** A case at its own host: `settings` stand behind `to` in the entry. */
type Row = readonly [what: string, scheme: string, settings: string, fate: Case['fate']];

const rowsOf = ({ leaf, roots }: GuardedMx): readonly Row[] => {
  const pin = keyDigest(leaf);
  const whole = createHash('sha256').update(leaf.raw).digest('hex');
  return [
    ['an authority of its own', 'smtp+tls', `authority: ${roots}`, 'inside TLS'],
    [
      'an authority of its own, and another name',
      'smtp+tls',
      `authority: ${roots}, name: x.other.test`,
      /not for x\.other\.test/,
    ],
    ['its key pinned', 'smtp+tls', `pin: "${pin}"`, 'inside TLS'],
    ['its certificate pinned', 'smtp+tls', `pin: "${whole}"`, 'inside TLS'],
    ['two pins, while the key changes', 'smtp+tls', `pin: ["${OTHER}", "${pin}"]`, 'inside TLS'],
    ['another pin', 'smtp+tls', `pin: "${OTHER}"`, /not the one that is pinned/],
    [
      'another pin, and roots that would do',
      'smtp+tls',
      `pin: "${OTHER}", authority: ${roots}`,
      /not the one that is pinned/,
    ],
    ['anybody', 'smtp+tls', 'trust: anybody', 'inside TLS'],
    ['TLS if it is offered', 'smtp+tls-if-offered', 'weight: 1', 'inside TLS'],
    ['no TLS', 'smtp', 'weight: 1', 'in the clear'],
    ['TLS from the first byte on, which it has not', 'smtps', 'trust: anybody', /^TLS failed: wrong version number/],
  ];
};

/** What becomes of mail in each mode when STARTTLS cannot be had. */
const downgrades = (mx: GuardedMx): readonly Row[] => [
  ['TLS or nothing, anybody', 'smtp+tls', 'trust: anybody', LATER],
  ['TLS or nothing, roots', 'smtp+tls', `authority: ${mx.roots}`, LATER],
  ['TLS or nothing, pinned', 'smtp+tls', `pin: "${keyDigest(mx.leaf)}"`, LATER],
  ['signed TLSA records', 'smtp+tls', 'trust: dane', LATER],
  ['if offered, as it was set', 'smtp+tls-if-offered', 'weight: 1', 'in the clear'],
  ['if offered, but pinned', 'smtp+tls-if-offered', `pin: "${keyDigest(mx.leaf)}"`, LATER],
  ['if offered, but by roots', 'smtp+tls-if-offered', `authority: ${mx.roots}`, LATER],
  ['if offered, but by TLSA', 'smtp+tls-if-offered', 'trust: dane', LATER],
  ['if offered, and there are signed TLSA records', 'smtp+tls-if-offered', 'trust: anybody', LATER],
];

const withoutOffer = (text: string) => text.replace('250-STARTTLS\r\n', '');
const withRefusal = (text: string) => text.replace('220 2.0.0 Ready to start TLS', '454 4.7.0 TLS not available');
/** CVE-2021-38371: said in the clear, and heard inside TLS by who reads on. */
const withMore = (text: string) => text.replace('Ready to start TLS\r\n', 'Ready to start TLS\r\n250 2.0.0 Ok\r\n');

test('what is handed on goes to whom it was set to, inside TLS; else the peer hears "later" before DATA', (t) =>
  withGuardedMx(t, ['*.example.test'], async (mx) => {
    await using stripped = await tapWire(mx.server, withoutOffer);
    await using refused = await tapWire(mx.server, withRefusal);
    await using injected = await tapWire(mx.server, withMore);
    const zone = ['example.test ! signed'];
    const cases: Case[] = [];
    const add = (behind: { address: string; port: number }, how: string, rows: readonly Row[]) => {
      for (const [what, scheme, settings, fate] of rows) {
        const host = `way${cases.length}.example.test`;
        cases.push({
          what: how + what,
          host,
          entry: `{ to: "${scheme}://${host}:${behind.port}", ${settings} }`,
          fate,
        });
        zone.push(`${host} A ${behind.address}`);
        if (/TLSA/.test(what)) zone.push(`_${behind.port}._tcp.${host} TLSA 3 1 1 ${keyDigest(mx.leaf)}`);
      }
    };
    add(mx.server, '', rowsOf(mx));
    add(stripped, 'STARTTLS taken out by somebody in between: ', downgrades(mx));
    // Offered and refused is no reason to go on in the clear.
    const none = downgrades(mx).map(
      ([what, scheme, settings]): Row => [what, scheme, settings, /STARTTLS refused: 454/],
    );
    add(refused, 'STARTTLS refused by somebody in between: ', none);
    add(injected, 'more said behind the answer to STARTTLS: ', [
      ['roots', 'smtp+tls', `authority: ${mx.roots}`, /a reply in front of the handshake/],
    ]);
    await withRoutes(mx, cases, zone.join('\n'), async (edge) => {
      for (const [number, row] of cases.entries()) await t.test(row.what, () => expectFate(edge, mx, number, row));
    });
  }));

for (const product of [exim, sendmail, courier]) {
  test(`${product.product} gets mail inside TLS, proven by roots`, (t) =>
    withAuthority(async ({ certify, roots }) =>
      withServer(t, product, { tls: certify(['mx.example.test']) }, (server) => {
        const entry = `{ to: "smtp+tls://${server.address}:${server.port}", name: mx.example.test, authority: ${roots} }`;
        return withEdge({ upstream: entry }, async (edge) => {
          assert.match(
            (await send(edge, 'a@sender.test', ['alice@example.test'], 'Subject: x\n\nx')).at(-1) ?? '',
            /^250 /,
          );
          const [text = ''] = await arrived(server, 'alice');
          assert.match(text, /TLS|esmtps/i);
        });
      }),
    ));
}
