/**
 * Whether the time of an answer tells what its words do not: `node bench/edge/answer-times.ts [--names 60] [--logins 20]`. Recipients that exist
 * against such that do not, by a list, by asking the upstream (Postfix) and by a directory (slapd); wrong passwords of accounts that exist
 * against names that do not. `later` is how often a yes comes later than a no: 50 % tells nothing.
 */
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { selfSigned } from '../../test/harness/certificate.ts';
import { dialogue } from '../../test/harness/dialogue.ts';
import { type EdgeSettings, type RunningEdge, withEdge } from '../../test/harness/edge.ts';
import { mailSink } from '../../test/harness/mail-sink.ts';
import type { RunningServer, Server, ServerOptions } from '../../test/harness/server.ts';
import { postfix } from '../../test/harness/servers/postfix.ts';
import { postfixSubmission } from '../../test/harness/servers/postfix-submission.ts';
import { slapd } from '../../test/harness/servers/slapd.ts';

const { values } = parseArgs({
  // Below a hundred: from then on Postfix pauses before each recipient it takes if no message came meanwhile (in_flow_delay).
  options: { names: { type: 'string', default: '60' }, logins: { type: 'string', default: '20' } },
});
const NAMES = Number(values.names);
const LOGINS = Number(values.logins);
const people = Array.from({ length: NAMES }, (_, at) => `person${at}`);
/** Nobody is slowed down or sent away for guessing: only what is left may tell. */
const LOOSE = 'exempt: [127.0.0.0/8]\nlimits: { faults: 100000, recipients: 100000 }\n';

interface Times {
  readonly yes: readonly number[];
  readonly no: readonly number[];
}

const quantile = (times: readonly number[], part: number): number =>
  times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * part)] ?? 0;

function tell(what: string, { yes, no }: Times): void {
  const later = yes.flatMap((one) => no.map((other) => (one > other ? 1 : one < other ? 0 : 0.5)) as number[]);
  const share = (100 * later.reduce((sum, one) => sum + one, 0)) / later.length;
  const row = (times: readonly number[]) => [0.1, 0.5, 0.9].map((part) => quantile(times, part).toFixed(2)).join(' / ');
  console.log(`${what.padEnd(34)} yes ${row(yes)} ms, no ${row(no)} ms, later ${share.toFixed(0)} %`);
}

/** How long the answer to RCPT takes, names that exist and such that do not in turn, each asked once. */
async function recipients(edge: RunningEdge): Promise<Times> {
  const line = await dialogue(edge.port);
  await line.next();
  await line.say('EHLO client.test');
  await line.say('MAIL FROM:<a@sender.test>');
  const times = { yes: [] as number[], no: [] as number[] };
  const ask = async (name: string) => {
    const began = performance.now();
    const reply = await line.say(`RCPT TO:<${name}@example.test>`);
    times[reply.startsWith('250') ? 'yes' : 'no'].push(performance.now() - began);
  };
  await ask('first');
  times.no.length = 0;
  for (const [at, name] of people.entries()) {
    // In turns, so that what one leaves behind at the upstream meets both.
    for (const one of at % 2 === 0 ? [name, `nobody${name}`] : [`nobody${name}`, name]) await ask(one);
  }
  line.close();
  return times;
}

/** How long a refused login takes, of accounts that exist and such that do not in turn. */
async function logins(edge: RunningEdge): Promise<Times> {
  const times = { yes: [] as number[], no: [] as number[] };
  for (const [at, name] of people.slice(0, LOGINS).entries()) {
    // By chance: Dovecot lets refusals wait until its next even second, and a rhythm would meet that one.
    const two = [['yes', name] as const, ['no', `nobody${at}`] as const];
    for (const [kind, account] of Math.random() < 0.5 ? two : two.toReversed()) {
      const line = await dialogue(edge.port);
      await line.next();
      await line.say('EHLO client.test');
      await line.say('STARTTLS');
      await line.startTls();
      await line.say('EHLO client.test');
      const answer = Buffer.from(`\0${account}\0wrong-${at}`).toString('base64');
      const began = performance.now();
      const reply = await line.say(`AUTH PLAIN ${answer}`);
      times[kind].push(performance.now() - began);
      if (!reply.startsWith('535')) throw new Error(reply);
      line.close();
    }
  }
  return times;
}

async function behind(
  server: Server,
  options: ServerOptions,
  settings: (running: RunningServer) => EdgeSettings | Promise<EdgeSettings>,
  body: (edge: RunningEdge) => Promise<void>,
): Promise<void> {
  const running = await server.start(options);
  if ('kind' in running) return console.log(running.reason);
  try {
    await withEdge(await settings(running), body);
  } finally {
    await running.stop();
  }
}

await using sink = await mailSink();
const upstream = `127.0.0.1:${sink.port}`;

const list = join(import.meta.dirname, '..', '..', '.cache', 'answer-times.list');
await writeFile(list, people.map((name) => `${name}@example.test\n`).join(''));
await withEdge({ upstream, config: `${LOOSE}recipients: { list: ${list}, ask: false }\n` }, async (edge) =>
  tell('recipient, by a list', await recipients(edge)),
);
await behind(
  postfix,
  { accounts: people },
  ({ address, port }) => ({ upstream: `${address}:${port}`, config: LOOSE }),
  async (edge) => tell('recipient, by asking the upstream', await recipients(edge)),
);
const directory = slapd({ people: Object.fromEntries(people.map((name) => [name, `${name}@example.test`])) });
await behind(
  directory,
  { domain: 'example.test', accounts: [] },
  async ({ address, port, folder }) => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'secret\n');
    const bind = `bind: { name: "cn=edge,dc=example,dc=test", passwordFile: ${passwordFile} }`;
    const ldap = `{ url: "ldap://${address}:${port}", base: "dc=example,dc=test", attributes: [mail], ${bind} }`;
    return { upstream, config: `${LOOSE}recipients: { ldap: ${ldap} }\n` };
  },
  async (edge) => tell('recipient, by a directory', await recipients(edge)),
);
const tls = await selfSigned(['mx.example.test']);
if ('kind' in tls) throw new Error(tls.reason);
const pin = new X509Certificate(tls.certificate).fingerprint256;
for (const step of ['0s', '800ms'])
  await behind(
    postfixSubmission,
    { tls, accounts: people },
    ({ address, port }) => ({
      upstream: '127.0.0.1:9',
      listen: 'submission://127.0.0.1:0',
      config: `exempt: [127.0.0.0/8]\nlimits: { authStep: ${step} }\nsubmission: { upstream: { to: "smtp+tls://${address}:${port}", pin: "${pin}" } }\n`,
    }),
    async (edge) => tell(`wrong password, authStep ${step}`, await logins(edge)),
  );
