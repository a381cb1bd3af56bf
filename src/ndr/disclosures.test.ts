import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadBounceWords, loadTelltaleFields } from '../knowledge/load-words.ts';
import { identify } from '../platform/identify.ts';
import { readMessage } from '../wire/mime/message.ts';
import { clues } from './clues/index.ts';
import { ndrReader } from './read.ts';

const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });

const read = (...lines: readonly string[]) =>
  reader.read(readMessage(Buffer.from(lines.join('\r\n'), 'latin1')), 'x.eml').disclosures;
/** What a message with these header lines gives away, as `kind value (where)`. */
const told = (...header: readonly string[]) =>
  read('From: a@here.example', ...header, '', 'text').map(({ kind, value, where }) => `${kind} ${value} (${where})`);

const BY = 'by mx.here.example with ESMTP id 1; Mon, 2 Nov 2026 10:00:00 +0000';

/** Header lines, with what each gives away and the rule that tells so. */
const GIVEN_AWAY = [
  [
    'Received: from a.example ([192.0.2.1]) by mx.here.example with esmtps (Exim 4.96) id x; Mon, 2 Nov 2026 10:00:00 +0000',
    'header/received-software',
    'version Exim 4.96 (Received[1])',
  ],
  [
    'Received: from pc17.corp.local ([192.0.2.1]) ' + BY,
    'header/internal-host',
    'internal-host pc17.corp.local (Received[1])',
  ],
  [
    'X-Authentication-Warning: web1.int.here.example: www-data set sender to x@here.example using -f',
    'header/internal-host',
    'internal-host web1.int.here.example (X-Authentication-Warning)',
  ],
  [
    'Received: from gw.here.example ([10.1.2.3]) ' + BY,
    'header/internal-address',
    'internal-address 10.1.2.3 (Received[1])',
  ],
  ['X-Originating-IP: [192.168.7.9]', 'header/internal-address', 'internal-address 192.168.7.9 (X-Originating-Ip)'],
  [
    'Received: from a.example ([192.0.2.1]) (Authenticated sender: anna) ' + BY,
    'header/account',
    'account anna (Received[1])',
  ],
  ['Received: (from www-data@localhost) ' + BY, 'header/account', 'account www-data (Received[1])'],
  ['X-Authenticated-Sender: anna', 'header/account', 'account anna (X-Authenticated-Sender)'],
  [
    'Received: from a.example ([192.0.2.1]) (Client CN "pc17.corp.local", Issuer "Corp CA") ' + BY,
    'header/certificate-name',
    'software certificate issuer Corp CA (Received[1])',
  ],
  ['X-Mailer: Microsoft Outlook 16.0', 'header/client-program', 'client Microsoft Outlook 16.0 (X-Mailer)'],
  ['X-Mailer: iPhone Mail (20F75)', 'header/mobile-network', 'client phone: iPhone Mail (20F75) (X-Mailer)'],
  [
    'Received: from x ([192.0.2.1] helo=x) by mx.here.example id 1r0abc-0001Ab-2C; Mon, 2 Nov 2026 10:00:00 +0000',
    'header/id-shape',
    'version Exim 4.96 or earlier (Received[1])',
  ],
  ['Date: Mon, 2 Nov 2026 10:00:00 +0530', 'header/time-zone', 'time-zone UTC+05:30 (Date)'],
  [
    'X-Source-Dir: here.example:/public_html/wp-content',
    'ndr/local-path',
    'path here.example:/public_html/wp-content (X-Source-Dir)',
  ],
  [
    'X-MimeTrack: Itemize by SMTP Server on SRV5/Corp/DE(Release 9.0.1FP10|July 10, 2018) at 02.11.2026 11:00:00',
    'header/product-field',
    'version Domino 9.0.1FP10 (X-Mimetrack)',
  ],
  [
    'X-Spam-Checker-Version: SpamAssassin 3.4.6 (2021-04-09) on scan1',
    'header/filter',
    'version SpamAssassin 3.4.6 (X-Spam-Checker-Version)',
  ],
  [
    'X-Virus-Scanned: amavisd-new 2.12.2 at here.example',
    'header/filter',
    'version amavisd-new 2.12.2 (X-Virus-Scanned)',
  ],
  [
    'X-Spam-Status: No, score=-1.9 required=5.0 autolearn=no version=3.4.2',
    'header/filter',
    'version SpamAssassin 3.4.2 (X-Spam-Status)',
  ],
] as const;

for (const [line, rule, wanted] of GIVEN_AWAY)
  test(`${line.slice(0, 70)} … gives away: ${wanted}`, () => {
    assert.ok(told(line).includes(wanted), told(line).join(' | '));
    const found = read('From: a@here.example', line, '', '').find(
      ({ kind, value, where }) => `${kind} ${value} (${where})` === wanted,
    );
    assert.equal(found?.rule.id, rule);
  });

test('scores, dates and versions of TLS are no versions of a product', () => {
  for (const line of [
    'X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00',
    'X-Barracuda-Spam-Score: 0.00',
    'X-MimeTrack: Serialize by Router on SRV5 at 02.11.2026 11:00:00',
    'X-PM-Transfer-Encryption: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384',
  ])
    assert.deepEqual(
      told(line).filter((one) => one.startsWith('version')),
      [],
      line,
    );
});

test('a report of Exchange shows its routing and directory, and whose words it is in', () => {
  const found = read(
    'From: postmaster@here.example',
    'Subject: Undeliverable: x',
    '',
    'Your message did not reach the following recipient(s):',
    '',
    'Diagnostic information for administrators:',
    'Generating server: EX01.corp.local',
    'otto@there.example',
    '#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##',
  ).map(({ rule, value }) => `${rule.id} ${value}`);
  for (const one of [
    'ndr/exchange-routing RESOLVER.ADR.RecipNotFound',
    'header/internal-host EX01.corp.local',
    'ndr/report-software Exchange Server',
  ])
    assert.ok(found.includes(one), found.join(' | '));
});

test('every clue says what an attacker learns and how to stop it', () => {
  for (const { rules } of clues)
    for (const { id, why, remedy } of rules)
      assert.ok(why.length > 40 && remedy.some(({ platform }) => platform === '*'), id);
});
