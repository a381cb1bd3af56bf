import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challengeBytes } from '../../test/ntlm/challenge-bytes.ts';
import type { Identity } from '../finding/identity.ts';
import { identify } from './identify.ts';
import type { Sighting, SightingKind } from './sighting.ts';

function seen(...sightings: readonly (readonly [kind: SightingKind, text: string])[]): Identity {
  return identify(sightings.map(([kind, text]): Sighting => ({ kind, text })));
}

/** What Postfix says whatever its greeting is. */
const POSTFIX: readonly (readonly [SightingKind, string])[] = [
  [
    'smtp.ehlo',
    '250-mx.example.org\n250-PIPELINING\n250-SIZE 10240000\n250-VRFY\n250-ETRN\n250-ENHANCEDSTATUSCODES\n250-8BITMIME\n250-DSN\n250-SMTPUTF8\n250 CHUNKING',
  ],
  ['smtp.unknown', '500 5.5.2 Error: command not recognized'],
  ['smtp.vrfy', '550 5.1.1 <x>: Recipient address rejected: User unknown in local recipient table'],
  ['smtp.rset', '250 2.0.0 Ok'],
  ['smtp.quit', '221 2.0.0 Bye'],
];

test('behaviour names the product where the greeting says nothing', () => {
  const identity = seen(['smtp.banner', '220 mx.example.org ESMTP'], ...POSTFIX);
  assert.equal(identity.product, 'Postfix');
  assert.equal(identity.version, null);
  assert.ok(identity.certainty > 0.95);
});

test('a greeting that another product gave is told, not believed', () => {
  for (const forged of [
    '220 mx.example.org ESMTP Exim 4.94.2 Mon, 01 Jan 2024 00:00:00 +0000',
    '220 mx.example.org Microsoft ESMTP MAIL Service ready at Mon, 1 Jan 2024 00:00:00 +0000',
    '220 mx.example.org ESMTP Sendmail 8.15.2/8.15.2; Mon, 1 Jan 2024 00:00:00 GMT',
  ]) {
    const identity = seen(['smtp.banner', forged], ...POSTFIX);
    assert.equal(identity.product, 'Postfix', forged);
    assert.equal(identity.version, null, 'the version of the forged name is none of Postfix');
    const against = identity.because.filter(({ clue }) => clue === 'greeting, against it');
    assert.ok(against.length > 0, `${forged}: the contradiction is named`);
    const plain = seen(['smtp.banner', '220 mx.example.org ESMTP'], ...POSTFIX);
    assert.ok(identity.certainty < plain.certainty, 'a contradiction costs certainty');
  }
});

test('two claims of the same weight leave the product open, and both are told', () => {
  const identity = seen(
    ['smtp.banner', '220 mx ESMTP Exim 4.96'],
    ['imap.banner', '* OK Dovecot ready.'],
    ['pop.banner', '+OK MDaemon 24.5.1 ready'],
  );
  assert.equal(identity.product, null);
  const told = identity.because.map(({ value }) => value).join('\n');
  for (const name of ['Exim', 'Dovecot', 'MDaemon']) assert.match(told, new RegExp(name));
});

test('look-alikes stay unknown', () => {
  for (const [kind, text] of [
    ['smtp.banner', '220 mx.example.org ESMTP'],
    ['smtp.banner', '220 postfix.example.org ESMTP ready'],
    ['smtp.banner', '220 exim4.example.org SMTP'],
    ['smtp.banner', '220 mx.sendmail.example ESMTP service ready'],
    ['smtp.banner', '220 dovecot-lmtp.example.org ready'],
    ['smtp.banner', '220 eximious mail'],
    ['smtp.banner', '554 no SMTP service here'],
    ['imap.banner', '* OK IMAP4rev1 server ready'],
    ['imap.banner', '* OK [CAPABILITY IMAP4rev1] exchange.example.org ready'],
    ['pop.banner', '+OK POP3 server ready'],
    ['http.title', 'Webmail'],
    ['http.title', 'Login'],
    ['http.server', 'nginx/1.24.0'],
    ['http.server', 'Microsoft-IIS/10.0'],
    ['http.cookie', 'PHPSESSID=abc; path=/'],
    ['http.cookie', 'SMSESSION=abc; path=/'],
    ['http.favicon', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['smtp.rset', '250 OK'],
    ['smtp.quit', '221 Bye'],
    ['smtp.noop', '250 Ok'],
    [
      'header',
      'Received: from a.example (a.example [192.0.2.1]) by exim.example.org with ESMTP id 1; Mon, 1 Jan 2024 00:00:00 +0000',
    ],
    [
      'header',
      'Received: from postfix.example (postfix [192.0.2.1]) by b.example with SMTP; Mon, 1 Jan 2024 00:00:00 +0000',
    ],
    ['certificate', 'CN=postfix.example.org,O=Exchange Bank'],
    ['ldap.result', 'vendorname1'],
  ] as const) {
    const identity = seen([kind, text]);
    assert.equal(identity.product, null, `${kind} ${text}`);
    assert.equal(identity.version, null);
    assert.equal(identity.cpe, null);
  }
});

test('nothing seen is nothing known', () => {
  const identity = identify([]);
  assert.deepEqual([identity.product, identity.certainty, identity.because.length], [null, 0, 0]);
});

test('a build of Exchange is named as far as it is known', () => {
  const four = seen(['http.header', 'X-OWA-Version: 15.1.2507.39']);
  assert.deepEqual(
    [four.product, four.version, four.release],
    ['Exchange Server', '15.1.2507.39', '2016 CU23 Apr24HU'],
  );
  const three = seen(['http.body', '<link href="/owa/auth/15.2.1118/themes/resources/favicon.ico">']);
  assert.deepEqual([three.version, three.release], ['15.2.1118', '2019 CU12']);
  const hop = seen([
    'header',
    'Received: from a (192.0.2.1) by b (192.0.2.2) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.0.1497.48; Mon, 1 Jan 2024 00:00:00 +0000',
  ]);
  assert.deepEqual([hop.version, hop.release], ['15.0.1497.48', '2013 CU23 Mar23SU']);
  const none = seen(['smtp.banner', '220 mx Microsoft ESMTP MAIL Service ready at Mon, 1 Jan 2024 00:00:00 +0000']);
  assert.deepEqual([none.product, none.version], ['Exchange Server', null]);
});

test('the path of one build and the header of another make no third', () => {
  const together = seen(
    ['http.header', 'X-OWA-Version: 15.1.2507.39'],
    ['http.body', '<link href="/owa/auth/15.1.2507/themes/resources/favicon.ico">'],
  );
  assert.equal(together.version, '15.1.2507.39');
  const torn = seen(
    ['http.header', 'X-OWA-Version: 15.1.2507.39'],
    ['http.body', '<link href="/owa/auth/15.2.1118/themes/resources/favicon.ico">'],
  );
  assert.equal(torn.product, 'Exchange Server');
  assert.match(torn.because.map(({ value }) => value).join('\n'), /15\.1\.2507\.39 and 15\.2\.1118/);
});

test('the Windows SMTP service is told from Exchange', () => {
  const windows = seen(['smtp.banner', '220 mx Microsoft ESMTP MAIL Service, Version: 10.0.17763.1697 ready at  Mon']);
  assert.deepEqual([windows.product, windows.os], ['IIS SMTP Service', 'Windows Server 2019']);
  assert.ok(!windows.because.some(({ clue }) => clue === 'possible'));
  const old = seen(['smtp.banner', '220 mx Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready at  Mon']);
  assert.equal(old.product, 'IIS SMTP Service');
  assert.match(old.because.find(({ clue }) => clue === 'possible')?.value ?? '', /Exchange/);
});

test('what Postfix answers to an unknown word bounds its version', () => {
  const now = seen(
    ['smtp.banner', '220 mx ESMTP Postfix'],
    ['smtp.unknown', '500 5.5.2 Error: command not recognized'],
  );
  assert.equal(now.versionRange, '>=3.7');
  const [ehlo] = POSTFIX;
  const old = ehlo![1].replace('\n250-SMTPUTF8\n250 CHUNKING', '').replace('250-DSN', '250 DSN');
  const before = seen(['smtp.ehlo', old], ['smtp.unknown', '502 5.5.2 Error: command not recognized']);
  assert.match(before.versionRange ?? '', /<3\.7$/);
});

test('a version that the behaviour rules out is not told', () => {
  const identity = seen(
    ['smtp.banner', '220 mx ESMTP Postfix (2.11.0)'],
    ['smtp.unknown', '500 5.5.2 Error: command not recognized'],
  );
  assert.deepEqual([identity.product, identity.version, identity.versionRange], ['Postfix', null, '>=3.7']);
  assert.match(identity.because.at(-1)?.value ?? '', /2\.11\.0 by its words/);
});

test('a version is read behind any words of a greeting', () => {
  for (const [text, version] of [
    ['220 mx CommuniGate Pro ESMTP Server Version 6.3.4 ready', '6.3.4'],
    ['220 mx Mirapoint ESMTP 4.1.7-GR server ready', '4.1.7-GR'],
    ['220 mx SurgeMail SMTP (Version 7.3x2-2)', '7.3x2-2'],
    ['220 mx IceWarp Mail Server v12.2.1.1 ESMTP', '12.2.1.1'],
  ] as const) {
    assert.equal(seen(['smtp.banner', text]).version, version, text);
  }
  for (const text of [
    '* OK MailEnable IMAP4rev1 Service',
    '* OK GroupWise IMAP4 ready',
    '* OK Kerio Connect IMAP4rev1 ready',
  ])
    assert.equal(seen(['imap.banner', text]).version, null, text);
});

test('an NTLM challenge tells Windows and names, and no product', () => {
  const bytes = challengeBytes({
    targetName: 'CORP',
    pairs: { 3: 'ex01.corp.example', 4: 'corp.example' },
    system: { major: 10, minor: 0, build: 17763 },
  });
  const token = Buffer.from(bytes).toString('base64');
  const identity = seen(['ntlm.challenge', `334 ${token}`]);
  assert.equal(identity.product, null);
  assert.match(identity.os ?? '', /^Windows Server 2019/);
  assert.deepEqual(
    identity.because.map(({ value }) => value),
    ['system 10.0.17763', 'computer ex01.corp.example', 'domain corp.example'],
  );
  const overHttp = seen(
    ['http.header', `WWW-Authenticate: NTLM ${token}`],
    ['http.header', 'X-OWA-Version: 15.1.2507.39'],
  );
  assert.equal(overHttp.product, 'Exchange Server');
  assert.match(overHttp.os ?? '', /^Windows Server 2019/);
});

test('sightings of one server join: web, greeting, bounce and certificate', () => {
  const identity = seen(
    ['smtp.banner', '220 mx.example.org ESMTP Postfix'],
    ['imap.banner', '* OK mx.example.org Zimbra 8.8.15_GA_3847 IMAP4rev1 server ready'],
    ['certificate', 'CN=mx.example.org,OU=Zimbra Collaboration Server'],
    ['http.cookie', 'ZM_TEST=true'],
  );
  assert.deepEqual([identity.product, identity.version], ['Zimbra Collaboration', '8.8.15_GA_3847']);
  assert.ok(identity.certainty > 0.99);
  assert.ok(!identity.because.some(({ clue }) => clue.endsWith('against it')), 'its Postfix is part of it');
});

test('an LDAP answer tells the version by the lengths it gives', () => {
  const identity = seen([
    'ldap.result',
    'vendorname1\x14\x04\x12IBM Lotus Software0!\x04\rvendorversion1\x10\x04\x0eRelease 9.0.100',
  ]);
  assert.deepEqual([identity.vendor, identity.version], ['IBM', '9.0.10']);
});
