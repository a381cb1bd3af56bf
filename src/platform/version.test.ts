import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, readVersion } from './version.ts';

/** Versions of a product, oldest first, as banners, pages and people write them. */
const orders: Readonly<Record<string, readonly string[]>> = {
  exim: ['3.36', '4.20', '4.89_1', '4.90_RC1', '4.90', '4.90_1', '4.90.2', '4.93.0.4', '4.96', '4.96.2', '4.99.1'],
  opensmtpd: ['5.9.2p1', '6.4.0', '6.6.2', '6.6.4p1', '6.8.0p2', '7.3.0-portable'],
  mdaemon: ['13.0.4', '24.5.1', '24.5.1a', '24.5.1c', '25.0.0'],
  zimbra: [
    '8.6.0 P5',
    '8.8.15_GA_3829',
    '8.8.15 Patch 30',
    '8.8.15 P30.1',
    '8.8.15.p46',
    '9.0.0_GA_4273 P41',
    '9.0.0.p44',
    '10.1.5',
  ],
  mailcow: ['2022-05d', '2022-06', '2022-06a', '2022-09', '2024-01'],
  domino: ['R5.0.2a', '8.5.3 FP6', '9.0.1', 'Release 9.0.1FP3', '9.0.1FP3 IF2', '9.0.1 FP6', '12.0.2'],
  smartermail: ['16.3.6885', 'Build 9413', '100.0.9511', '9526'],
  groupwise: ['6.5 SP6', '7.03 HP2', '8.0.1', '8.02', '14.2.1', '18.4.2'],
  postfix: ['20010228', '1.1.11', '2.5.13', '3.9-20231112', '3.9-RC1', '3.9.0', '3.10.0', '3.11-20260101', '3.11.0'],
  dovecot: ['1.0.alpha3', '1.0.beta2', '1.0.rc15', '1.0', '1.1.beta1', '1.1.rc3', '2.3.19.1 (9b53102964)', '2.4.0'],
  communigate: ['4.0b4', '4.0', '4.3c1', '4.3.5'],
  qmail: ['1.01', '1.03', '1.06', '2026.04.07'],
  surgemail: ['1.8b3', '2.0c', '38k1', '38k4', '39a'],
  mailman2: ['2.1b1', '2.1', '2.1.14 rc1', '2.1.14', '2.1.39'],
  roundcube: ['0.1 20050811', '0.1 beta2', '0.2 stable', '1.6-beta', '1.6-rc', '1.6.0', '1.6.11', '1.7.1'],
  sendmail: ['8.8.8', '8.12 beta7', '8.12.0', '8.13.8/8.13.8', '8.14.4/8.14.4/Debian-4', '8.17.1.9', '8.18.1'],
  'cisco-esa': ['8.5.6-074', '8.5.6-113', '15.5.0-048', '15.5.1-055'],
};

for (const [product, versions] of Object.entries(orders)) {
  test(`${product}: ${versions.join(' < ')}`, () => {
    for (let at = 1; at < versions.length; at++) {
      const [older, newer] = [versions[at - 1] as string, versions[at] as string];
      if (product === 'roundcube' && at === 1) continue;
      assert.ok(compareVersions(product, older, newer) < 0, `${older} < ${newer}`);
      assert.ok(compareVersions(product, newer, older) > 0, `${newer} > ${older}`);
    }
  });
}

test('the same version written twice is the same', () => {
  const pairs = [
    ['exim', '4.90_1', '4.90.1'],
    ['exim', 'Exim 4.96 #2', '4.96'],
    ['opensmtpd', '6.6.2p1', '6.6.2'],
    ['zimbra', '8.8.15 Patch 46', '8.8.15.p46'],
    ['domino', '9.0.1FP6', '9.0.1.6'],
    ['smartermail', 'Build 9511', '100.0.9511'],
    ['groupwise', '7.03', '7.0.3'],
    ['dovecot', '2.3.19.1+dfsg1', '2.3.19.1'],
    ['postfix', '3.7', '3.7.0'],
  ] as const;
  for (const [product, a, b] of pairs) assert.equal(compareVersions(product, a, b), 0, `${a} = ${b}`);
});

test('what is no version is told from a version', () => {
  for (const text of ['', 'latest', 'the newest one', '9'.repeat(30), `1.${'2.'.repeat(60)}`]) {
    assert.equal(readVersion('exim', text), null, text);
  }
});
