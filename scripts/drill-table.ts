/**
 * Drills Debian's mail servers, bare and behind the edge, and prints the table of `notes/drill.md`. `node scripts/drill-table.ts FOLDER [PRODUCT…]`
 * keeps each report as JSON in FOLDER and drills only what is not there yet.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attacks } from '../src/drill/attacks/index.ts';
import type { DrillReport } from '../src/finding/drill-report.ts';
import { selfSigned } from '../test/harness/certificate.ts';
import { withEdge } from '../test/harness/edge.ts';
import { mailward } from '../test/harness/program.ts';
import type { Server } from '../test/harness/server.ts';
import { courier } from '../test/harness/servers/courier.ts';
import { exim } from '../test/harness/servers/exim.ts';
import { opensmtpd } from '../test/harness/servers/opensmtpd.ts';
import { postfix } from '../test/harness/servers/postfix.ts';
import { sendmail } from '../test/harness/servers/sendmail.ts';

const SERVERS: readonly Server[] = [postfix, exim, sendmail, opensmtpd, courier];
/** Seconds that connections are held, and minutes that one drill may take. */
const HOLD = 10;
const DRILL_MINUTES = 20;

interface Door {
  readonly address: string;
  readonly port: number;
}

async function drill(door: Door, mailbox: string): Promise<DrillReport> {
  const args = [`${door.address}:${door.port}`, '--recipient', 'alice@example.test', '--mailbox', mailbox];
  const options = ['--authorised', 'the table of servers', '--hold', String(HOLD), '--json', '--quiet'];
  const { out, err, status } = await mailward(['drill', ...args, ...options], '', DRILL_MINUTES * 60_000);
  if (status !== 0 && status !== 1) throw new Error(`the drill ended with ${status}: ${err}`);
  return JSON.parse(out) as DrillReport;
}

async function drillServer(server: Server, file: string, guarded: boolean): Promise<void> {
  const tls = await selfSigned(['mx.example.test']);
  if ('kind' in tls) throw new Error(tls.reason);
  const running = await server.start({ tls });
  if ('kind' in running) throw new Error(running.reason);
  const mailbox = join(running.folder, 'mail');
  const keep = async (door: Door) => writeFileSync(file, JSON.stringify(await drill(door, mailbox)));
  try {
    if (guarded) await withEdge({ upstream: `${running.address}:${running.port}` }, keep);
    else await keep(running);
  } finally {
    await running.stop();
  }
}

const [folder, ...wanted] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder for the reports');
mkdirSync(folder, { recursive: true });
const reports = new Map<string, DrillReport>();
const heads: string[] = [];
for (const server of SERVERS.filter(({ product }) => wanted.length === 0 || wanted.includes(product))) {
  for (const guarded of [false, true]) {
    const head = `${server.product}${guarded ? ' + edge' : ''}`;
    const file = join(folder, `${head.replace(' + ', '-').toLowerCase()}.json`);
    if (!existsSync(file)) await drillServer(server, file, guarded);
    reports.set(head, JSON.parse(readFileSync(file, 'utf8')) as DrillReport);
    heads.push(head);
  }
}
console.log(`| attack | ${heads.join(' | ')} |\n|---|${heads.map(() => '---').join('|')}|`);
for (const { name } of attacks) {
  const cells = heads.map((head) => reports.get(head)?.attacks.find(({ attack }) => attack === name)?.outcome ?? '');
  console.log(`| \`${name}\` | ${cells.join(' | ')} |`);
}
console.log(`| **score** | ${heads.map((head) => reports.get(head)?.score).join(' | ')} |`);
