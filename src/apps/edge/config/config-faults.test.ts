/** What an administrator reads who made a slip: where it is, what it is, and what would be right. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeCertificate } from '../../../net/tls-certificate.ts';
import { judgeFiles, loadConfig } from './load-config.ts';

const LEAST = 'upstream: "10.0.0.5:25"\ndomains: [example.com]\n';

/** A slip in the text alone, and the line that tells it. */
const SLIPS: readonly (readonly [what: string, text: string, told: string])[] = [
  [
    'a word for a number',
    `${LEAST}limits: { recipients: many }`,
    '3:23 limits.recipients: must be a whole number above 0',
  ],
  ['a letter left out', `${LEAST}lisen: ["0.0.0.0:25"]`, '3:1 lisen: there is no such setting; did you mean listen?'],
  [
    'letters exchanged, further down',
    `${LEAST}recipients: { hravest: { burst: 3 } }`,
    '3:15 recipients.hravest: there is no such setting; did you mean harvest?',
  ],
  [
    'a setting of another server',
    `${LEAST}smtpd_banner: x`,
    '3:1 smtpd_banner: there is no such setting; mailward edge --example shows all',
  ],
  [
    'a prefix that cannot be',
    `${LEAST}exempt:\n  - 10.0.0.0/8\n  - 10.0.0.0/33`,
    '5:5 exempt.1: must be an address or a network, such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
  ],
  [
    'an address with a prefix',
    `${LEAST}exempt: [10.1.2.3/8]`,
    '3:10 exempt.0: must be 10.0.0.0/8 or 10.1.2.3 alone: 10.1.2.3/8 names one address within a network',
  ],
  ['a number without its unit', `${LEAST}drain: 30`, '3:8 drain: must be a time with its unit, such as 30s, 5m or 35d'],
  ['a unit that is none', `${LEAST}drain: 30sec`, '3:8 drain: must be a time with its unit, such as 30s, 5m or 35d'],
  [
    'a size in words',
    `${LEAST}quarantine: { most: 2 gigabytes }`,
    '3:21 quarantine.most: must be a size such as 36 MiB, 512 KiB or 2048',
  ],
  [
    'a fraction for a part',
    `${LEAST}pressure: { disk: { high: 0.9 } }`,
    '3:27 pressure.disk.high: must be a part such as 90%',
  ],
  [
    'routes by what is no domain',
    'domains: [example.com]\nupstream: { "*": "10.0.0.5:25", "example.com/mail": "10.0.0.6:25" }',
    '2:33 upstream.example.com/mail: must be the domain of recipients, such as example.com, or *',
  ],
  ['a tab', `${LEAST}limits:\n\trecipients: 100`, '4:1 a tab: YAML indents with blanks'],
  [
    'a setting twice',
    `${LEAST}domains: [b.test]`,
    '3:1 domains: stands here a second time; a setting may be given once',
  ],
  [
    'a brace that is open',
    `${LEAST}limits: { recipients: 5\n`,
    '4:1 is indented otherwise than what it belongs to, or a { or [ before it is not closed',
  ],
  ['an empty file', '', '1:1 upstream: is missing; mailward edge --example shows it'],
  [
    'a list for a file',
    '- a\n- b',
    '1:1 the file: must be settings, each a name and its value, such as domains: [example.com]',
  ],
  [
    'a setting without a value',
    'upstream: "10.0.0.5:25"\ndomains:\n',
    '2:9 domains: has no value; must be a list, such as [one, another]',
  ],
  ['an alias of nothing', `${LEAST}exempt: *nets`, '3:9 Unresolved alias'],
  ['another encoding', LEAST.replaceAll(/./gs, '$&\0'), '1:1 is no text in UTF-8: save it as such'],
  ['a port alone', `${LEAST}listen: [25]`, '3:10 listen.0: must be an address and a port, such as'],
  [
    'a server without a port',
    'upstream: 10.0.0.5\ndomains: [a.test]',
    '1:11 upstream: must be a server and its port, such as',
  ],
  ['yes for true', `${LEAST}monitorOnly: yes`, '3:14 monitorOnly: must be true or false'],
  ['no workers', `${LEAST}workers: 0`, '3:10 workers: must be at least 1'],
  ['an empty text', `${LEAST}data: ""`, '3:7 data: must be given, and not empty'],
  [
    'a rule misspelt',
    `${LEAST}rules: { greylist/first-tmie: { action: tag } }`,
    '3:10 rules.greylist/first-tmie: must be the id of a rule; did you mean greylist/first-time?',
  ],
  [
    'an action that is none',
    `${LEAST}rules: { greylist/first-time: { action: reject } }`,
    '3:41 rules.greylist/first-time.action: must be one of note, score, tag, quarantine, defer, refuse, hang-up',
  ],
  [
    'bounds that contradict',
    `${LEAST}pressure: { disk: { high: 95%, full: 90% } }`,
    '3:27 pressure.disk.high: must be no more than full',
  ],
  [
    'the gateway behind itself',
    `listen: ["0.0.0.0:2525"]\n${LEAST.replace('10.0.0.5:25', '127.0.0.1:2525')}`,
    '2:11 upstream: must be the server behind: 127.0.0.1:2525 is the gateway itself, by `listen`',
  ],
  [
    'a door twice',
    `${LEAST}listen: ["[::1]:25", "[::1]:25"]`,
    '3:22 listen.1: must be another door: this one stands before',
  ],
  [
    'passwords in the clear',
    `${LEAST}listen: ["submission://0.0.0.0:587"]`,
    '3:10 listen.0: must be given submission.upstream too: a server inside TLS',
  ],
];

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-check-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

for (const [what, text, told] of SLIPS) {
  test(`${what} is told`, (t) => {
    const file = join(folderOf(t), 'edge.yaml');
    writeFileSync(file, text);
    const read = loadConfig(file);
    assert.ok(typeof read === 'string', 'it was taken');
    assert.equal(read.split('\n')[0]?.slice(0, `${file}:${told}`.length), `${file}:${told}`);
  });
}

/** A slip in a file that the configuration names. `FOLDER` stands for its folder. */
const FILES: readonly (readonly [what: string, text: string, told: RegExp])[] = [
  [
    'a key that is not there',
    'tls: { certificate: FOLDER/cert.pem, key: FOLDER/none.pem }',
    /^3:\d+ tls\.key: FOLDER\/none\.pem cannot be read: there is no such file$/,
  ],
  [
    'a key of another certificate',
    'tls: { certificate: FOLDER/cert.pem, key: FOLDER/other.pem }',
    /other\.pem does not belong to the first certificate in FOLDER\/cert\.pem$/,
  ],
  ['a list with a bad line', 'recipients:\n  list: FOLDER/people', /^4:9 FOLDER\/people:2:1 is no address, such as/],
  [
    'networks with a bad line',
    'lists: { deny: [FOLDER/nets] }',
    /^3:16 FOLDER\/nets:3:1 is no address or network, such as/,
  ],
  [
    'a list that is a folder',
    'recipients: { list: FOLDER/folder }',
    /^3:21 FOLDER\/folder cannot be read: it is a folder$/,
  ],
  ['a log that is a folder', 'log: FOLDER/folder', /^3:6 FOLDER\/folder is a folder: name a file$/],
  ['data that is a file', 'data: FOLDER/people', /^3:7 FOLDER\/people is a file: name a folder$/],
  ['a user that is none', 'user: nobody-such', /^3:7 there is no user nobody-such in \/etc\/passwd$/],
];

for (const [what, text, told] of FILES) {
  test(`${what} is told`, (t) => {
    const { fault } = judged(t, text);
    assert.match(fault, told);
  });
}

test('a key that everybody may read is used, and said to be readable', (t) => {
  const { fault, advice } = judged(t, 'tls: { certificate: FOLDER/cert.pem, key: FOLDER/key.pem }');
  assert.equal(fault, '');
  assert.match(advice, /^3:\d+ FOLDER\/key\.pem can be read by every user of this machine: chmod o= FOLDER\/key\.pem$/);
});

/** The first fault and the first advice, without the names of file and folder. */
function judged(t: TestContext, text: string): { readonly fault: string; readonly advice: string } {
  const folder = folderOf(t);
  const file = join(folder, 'edge.yaml');
  const certificate = () =>
    makeCertificate({ names: ['mx.test'], notBefore: new Date(), notAfter: new Date(Date.now() + 86_400_000) });
  const [own, other] = [certificate(), certificate()];
  writeFileSync(join(folder, 'cert.pem'), own.certificate);
  writeFileSync(join(folder, 'key.pem'), own.key);
  chmodSync(join(folder, 'key.pem'), 0o644);
  writeFileSync(join(folder, 'other.pem'), other.key);
  writeFileSync(join(folder, 'people'), 'a@example.com\nno address\n');
  writeFileSync(join(folder, 'nets'), '# ours\n10.0.0.0/8\n10.0.0.300\n');
  mkdirSync(join(folder, 'folder'));
  writeFileSync(file, LEAST + text.replaceAll('FOLDER', folder));
  const config = loadConfig(file);
  assert.ok(typeof config !== 'string', String(config));
  const { faults, advice } = judgeFiles(config, file, Date.now());
  const bare = (line = '') => line.replaceAll(`${file}:`, '').replaceAll(folder, 'FOLDER');
  return { fault: bare(faults[0]), advice: bare(advice[0]) };
}
