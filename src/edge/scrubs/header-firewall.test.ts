/** The header firewall: what is told of the inside stays there, what pretends to be ours does not come in, and all else is the same bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMessage, filterBench, peer } from '../../../test/harness/edge-filter.ts';
import { noRelay } from '../filters/no-relay.ts';
import { INCOMING_FIELDS, OUTGOING_FIELDS } from '../options.ts';
import { headerFirewall } from './header-firewall.ts';

/** The message behind the firewall, and the fields it named. */
function through(text: string, inside: boolean): { readonly text: string; readonly named: readonly string[] } {
  const { tools } = filterBench({ ...noRelay, prepare: () => () => ({}) });
  const options = { ...tools.options, headers: { incoming: INCOMING_FIELDS, outgoing: OUTGOING_FIELDS } };
  const seen = atMessage(text, { peer: peer('10.0.0.5', { inside }) });
  const hits = headerFirewall.prepare({ ...tools, options })(seen);
  return { text: seen.message.bytes.toString('latin1'), named: hits.map(({ because }) => because) };
}

const LETTER = `From: Anna <anna@here.example>\r\nSubject: X-Mailer: none\r\n\r\nReceived: in the text\r\nend`;

test('mail that goes out names no server, address or program of the inside, and its hops can still be counted', () => {
  const inside =
    'Received: from EXCH01.corp.local (10.1.2.3) by EXCH02.corp.local\r\n\t(15.1.2507.6); Wed, 1 Jan 2025 00:00:00 +0000\r\n' +
    'Received: from desk-17 ([192.168.4.9]) by EXCH01.corp.local; Wed, 1 Jan 2025 00:00:00 +0000\r\n' +
    'X-Originating-IP: [192.168.4.9]\r\nX-Mailer: Microsoft Outlook 16.0\r\nUser-Agent: x\r\n' +
    'X-MS-Exchange-Organization-AuthSource: EXCH01.corp.local\r\nX-ClientProxiedBy: EXCH02.corp.local (10.1.2.4)\r\nBcc: boss@here.example\r\n';
  const { text, named } = through(inside + LETTER, true);
  assert.equal(text.match(/^Received: by mx\.here\.example; [^\r\n]+\r\n/gm)?.length, 2);
  assert.doesNotMatch(text, /corp\.local|10\.1\.2|192\.168|desk-17|Outlook|User-Agent|boss@/);
  assert.ok(text.endsWith(`${LETTER}\r\n`), 'all else is the same bytes');
  assert.equal(named.length, 8);
});

test('mail that comes in keeps its trace, and loses what pretends to be ours', () => {
  const trace = 'Received: from a.example by b.example; Wed, 1 Jan 2025 00:00:00 +0000\r\n';
  const forged =
    'X-Mailward-Verdict: accept\r\nX-MS-Exchange-Organization-SCL: -1\r\nAuthentication-Results: mx.here.example; dkim=pass\r\nReturn-Path: <ceo@here.example>\r\n';
  const { text, named } = through(trace + forged + LETTER, false);
  assert.equal(text, `${trace}${LETTER}\r\n`);
  assert.equal(named.length, 4);
});
