/** What Debian's mail servers, as the drill finds them, let pass: cells that were looked at by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DrillReport, Outcome } from '../../src/finding/drill-report.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { mailward } from '../harness/program.ts';
import { type Server, type ServerOptions, withServer } from '../harness/server.ts';
import { courier } from '../harness/servers/courier.ts';
import { exim } from '../harness/servers/exim.ts';
import { opensmtpd } from '../harness/servers/opensmtpd.ts';
import { postfix } from '../harness/servers/postfix.ts';
import { sendmail } from '../harness/servers/sendmail.ts';

/** Quick attacks in which the servers differ. */
const CELLS = [
  'name-by-help',
  'mail-before-hello',
  'smuggled-bare-lf',
  'overlong-command',
  'many-hops',
  'harvest-expn',
] as const;
type Row = Readonly<Record<(typeof CELLS)[number], Outcome>>;

const TABLE: readonly (readonly [Server, Row])[] = [
  // Postfix 3.7 ends a message at a lone LF, reads commands of any length and uses the first 2,048 bytes.
  [
    postfix,
    {
      'name-by-help': 'passed',
      'mail-before-hello': 'passed',
      'smuggled-bare-lf': 'passed',
      'overlong-command': 'passed',
      'many-hops': 'stopped',
      'harvest-expn': 'stopped',
    },
  ],
  // Exim has Debian's fix for smuggling; it takes a letter in circles and only then gives it up.
  [
    exim,
    {
      'name-by-help': 'passed',
      'mail-before-hello': 'stopped',
      'smuggled-bare-lf': 'contained',
      'overlong-command': 'passed',
      'many-hops': 'contained',
      'harvest-expn': 'stopped',
    },
  ],
  // Sendmail has Debian's fix too, and still lists members to strangers.
  [
    sendmail,
    {
      'name-by-help': 'passed',
      'mail-before-hello': 'passed',
      'smuggled-bare-lf': 'stopped',
      'overlong-command': 'stopped',
      'many-hops': 'contained',
      'harvest-expn': 'passed',
    },
  ],
  // OpenSMTPD ends a message at a lone LF, and then hangs up on who sent more than it had asked for.
  [
    opensmtpd,
    {
      'name-by-help': 'passed',
      'mail-before-hello': 'stopped',
      'smuggled-bare-lf': 'stopped',
      'overlong-command': 'stopped',
      'many-hops': 'stopped',
      'harvest-expn': 'stopped',
    },
  ],
  [
    courier,
    {
      'name-by-help': 'passed',
      'mail-before-hello': 'stopped',
      'smuggled-bare-lf': 'contained',
      'overlong-command': 'passed',
      'many-hops': 'stopped',
      'harvest-expn': 'stopped',
    },
  ],
];

async function drill(args: readonly string[]): Promise<DrillReport> {
  const { out, err, status } = await mailward(['drill', ...args, '--authorised', 'a test', '--json'], '', 120_000);
  assert.ok(status === 0 || status === 1, `status ${status}: ${err}`);
  return JSON.parse(out) as DrillReport;
}

const outcomes = ({ attacks }: DrillReport) =>
  Object.fromEntries(attacks.map(({ attack, outcome }) => [attack, outcome]));

for (const [server, row] of TABLE) {
  test(`${server.product}, as Debian has it, under quick attacks`, { timeout: 240_000 }, (t) =>
    withServer(t, server, {}, async ({ address, port, folder }) => {
      const report = await drill([
        `${address}:${port}`,
        '--recipient',
        'alice@example.test',
        '--mailbox',
        `${folder}/mail`,
        '--only',
        CELLS.join(','),
      ]);
      assert.deepEqual(
        outcomes(report),
        row,
        report.attacks.map(({ attack, because }) => `${attack}: ${because}`).join('\n'),
      );
    }),
  );
}

test('a relay from an address that the server trusts proves nothing, and nothing is relayed', async (t) => {
  await using sink = await mailSink();
  const options: ServerOptions = { nextHop: { address: '127.0.0.1', port: sink.port } };
  await withServer(t, postfix, options, async ({ address, port }) => {
    const report = await drill([`${address}:${port}`, '--recipient', 'alice@example.test', '--only', 'open-relay']);
    assert.equal(report.attacks[0]?.outcome, 'not-run');
    assert.match(report.attacks[0].because, /may trust/);
    assert.equal(sink.mails.length, 0);
  });
});
