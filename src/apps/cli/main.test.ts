import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine } from '../../../test/harness/command-line.ts';
import { commandEntries } from './commands/index.ts';

test('--help, -h and help show examples first and every command', async () => {
  for (const words of [['--help'], ['-h'], ['help']]) {
    const { code, out, err } = await commandLine(words);
    assert.deepEqual([code, err], [0, '']);
    assert.ok(out.indexOf('Examples:') < out.indexOf('Commands:'));
    for (const { name, summary } of commandEntries) assert.match(out, new RegExp(`^ {2}${name} +${summary}$`, 'm'));
  }
});

test('no command at all is a wrong call that shows the help, where it does not end up in a pipe', async () => {
  const { code, out, err } = await commandLine([]);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /Examples:/);
});

for (const { name } of commandEntries) {
  test(`${name} --help shows examples first, then how it is called and its options`, async () => {
    const { code, out, err } = await commandLine([name, '--help']);
    assert.deepEqual([code, err], [0, '']);
    assert.match(
      out,
      new RegExp(`^Examples:\\n {2}mailward ${name}[\\s\\S]+\\nUsage: mailward ${name} [\\s\\S]+--help`),
    );
    assert.equal((await commandLine(['help', name])).out, out);
  });
}

const wrong: readonly (readonly [call: string, told: RegExp])[] = [
  ['scna', /^mailward: there is no command "scna"; did you mean "scan"\?\n$/],
  ['help scna', /there is no command "scna"/],
  ['frobnicate', /mailward --help lists the commands/],
  ['scan', /^mailward scan: name a domain, a host:port, or --input FILE\n$/],
  ['scan --frob x.test', /unknown option '--frob'; mailward scan --help shows how it is called\n$/],
  ['scan --jsn x.test', /unknown option '--jsn' \(Did you mean --json\?\)/],
  ['scan --timeout 0 x.test', /'--timeout <SECONDS>' argument '0' is wrong; it takes seconds, more than 0 /],
  ['scan --timeout soon x.test', /'soon' is wrong; it takes seconds/],
  ['scan --timeout', /argument missing/],
  ['scan --resolver dns x.test', /'dns' is wrong; it takes an IP address, with a port if it is not 53/],
  ['scan --resolver 127.0.0.1:99999 x.test', /is wrong; it takes an IP address/],
  ['scan --smtp-ports 25,x x.test', /is wrong; it takes ports from 1 to 65535 separated by commas/],
  ['scan --connect mx=here x.test', /is wrong; it takes NAME=IP/],
  ['scan --concurrency 0 x.test', /is wrong; it takes a whole number from 1 to 10000/],
  ['scan --depth deep x.test', /is wrong; it takes passive, polite/],
  ['scan --fail-on info x.test', /is wrong; it takes low, medium, high, critical;/],
  ['scan a@x.test', /^mailward scan: "a@x.test" is a mail address; scan takes its domain: x.test\n$/],
  ['scan https://x.test/', /is a URL; scan takes a domain, for example x.test/],
  ['scan 192.0.2.1', /is an address; name the port too, for example 192.0.2.1:25/],
  ['scan x.test:70000', /has a port that does not exist/],
  ['scan x..test', /"x..test" is no domain name/],
  ['scan x.test y.test --html a.html', /--html and --sarif take one target/],
  ['scan --input /nowhere/at/all', /\/nowhere\/at\/all cannot be read/],
  ['scan x.test --no-save --compare now', /--compare takes "last" or the number of a scan, not "now"/],
  ['report', /name a scan by its number, or a file/],
  ['report /nowhere.json', /\/nowhere.json cannot be read/],
  ['rules no/rule', /there is no rule "no\/rule"; mailward rules lists them/],
  ['completion csh', /'csh' is wrong; it takes bash, zsh, fish;/],
  ['completion', /missing required argument 'shell'/],
  ['version now', /too many arguments/],
];
for (const [call, told] of wrong) {
  test(`${call || 'nothing'} is a wrong call: exit code 2, and one line that says what would be right`, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'mailward-wrong-call-'));
    t.after(() => rmSync(data, { recursive: true }));
    const env = { MAILWARD_DATA: data };
    const { code, out, err } = await commandLine(
      [...call.split(' '), ...(call.includes('compare') ? ['--resolver', '127.0.0.1:1'] : [])],
      { env },
    );
    assert.match(err, told);
    assert.deepEqual([code, out, err.split('\n').length], [2, '', 2]);
  });
}

test('every command takes the folder that scans and updates are kept in', async () => {
  for (const { name } of commandEntries) assert.match((await commandLine([name, '--help'])).out, /^ +--data <DIR> /m);
});

test('--version and -V are the version', async () => {
  const { out } = await commandLine(['version']);
  assert.match(out, /^mailward \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+\)\n$/);
  assert.equal((await commandLine(['--version'])).out, out);
  assert.equal((await commandLine(['-V'])).out, out);
  const { schema, version, node } = JSON.parse((await commandLine(['version', '--json'])).out);
  assert.deepEqual([schema, out], ['mailward/version/1', `mailward ${version} (Node ${node})\n`]);
});

test('rules lists every rule, explains one, and prints them for a program', async () => {
  const { out } = await commandLine(['rules']);
  const json = (await commandLine(['rules', '--json'])).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(out.trim().split('\n').length, json.length);
  assert.ok(json.length >= 25);
  const one = (await commandLine(['rules', 'spf/missing'])).out;
  for (const words of ['spf/missing', 'What to change:', 'v=spf1 mx -all', 'RFC 7208'])
    assert.ok(one.includes(words), words);
});

for (const shell of ['bash', 'zsh', 'fish']) {
  test(`the completion of ${shell} knows every command and the options of each`, async () => {
    const { code, out } = await commandLine(['completion', shell]);
    assert.equal(code, 0);
    for (const { name } of commandEntries) assert.match(out, new RegExp(`\\b${name}\\b`));
    for (const option of ['smtp-ports', 'again', 'fail-on']) assert.match(out, new RegExp(option));
  });
}
