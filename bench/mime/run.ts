/**
 * Measures the MIME reader on one core: `node bench/mime/run.ts [--quick]`. Prints what is promised, what is measured, and postal-mime on
 * the same input. CPU time of this process counts, so that other work on the machine does not.
 */

import { leavesOf } from '../../src/wire/mime/leaves.ts';
import { decodeBody, readMessage } from '../../src/wire/mime/message.ts';
import { MessageReader } from '../../src/wire/mime/message-reader.ts';
import { hostileMessages } from './hostile.ts';
import { base64Mail, smallMail } from './mail.ts';

const SECONDS = process.argv.includes('--quick') ? 0.3 : 2;

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Runs per second of CPU. */
async function rate(run: () => unknown): Promise<number> {
  for (let warm = 0; warm < 20; warm++) await run();
  const start = cpu();
  let runs = 0;
  while (cpu() - start < SECONDS) {
    await run();
    runs++;
  }
  return runs / (cpu() - start);
}

function readAll(bytes: Buffer): void {
  const message = readMessage(bytes);
  for (const part of message.parts) if (part.children.length === 0) decodeBody(message, part);
}

function readStreamed(bytes: Buffer): void {
  const reader = new MessageReader();
  for (let at = 0; at < bytes.length; at += 16_384) reader.push(bytes.subarray(at, at + 16_384));
  const message = reader.end();
  for (const part of message.parts) if (part.children.length === 0) decodeBody(message, part);
}

function walkAll(bytes: Buffer): void {
  for (const leaf of leavesOf(readMessage(bytes), () => {})) if (leaf.bytes.length < 0) throw new Error('unreachable');
}

async function main(): Promise<void> {
  const large = base64Mail(1_000_000);
  const small = smallMail(10_000);
  const megabytes = large.length / 1e6;
  const row = (what: string, ...columns: (string | number)[]) =>
    console.log(what.padEnd(46), ...columns.map((column) => String(column).padStart(14)));
  const { default: PostalMime } = await import('postal-mime');

  row(`1 MB base64 mail (${large.length} bytes)`, 'MB/s');
  row('  parts and bodies', ((await rate(() => readAll(large))) * megabytes).toFixed(0));
  row('  the same in chunks of 16 KB', ((await rate(() => readStreamed(large))) * megabytes).toFixed(0));
  row('  union of readings', ((await rate(() => walkAll(large))) * megabytes).toFixed(0));
  row('  postal-mime', ((await rate(() => PostalMime.parse(large))) * megabytes).toFixed(0));
  row(`10 KB mail, multipart, quoted-printable (${small.length})`, 'messages/s');
  row('  parts and bodies', (await rate(() => readAll(small))).toFixed(0));
  row('  the same in chunks of 16 KB', (await rate(() => readStreamed(small))).toFixed(0));
  row('  union of readings', (await rate(() => walkAll(small))).toFixed(0));
  row('  postal-mime', (await rate(() => PostalMime.parse(small))).toFixed(0));

  row('hostile', 'read, ms', 'walk, ms', 'MB of heap');
  let worst = 0;
  for (const { name, bytes } of hostileMessages()) {
    const before = process.memoryUsage();
    const start = performance.now();
    const message = readMessage(bytes);
    message.parts[0]?.header.get('subject');
    const read = performance.now() - start;
    for (const _ of leavesOf(message, () => {}));
    const walk = performance.now() - start;
    const after = process.memoryUsage();
    const grown = (after.heapUsed + after.external - before.heapUsed - before.external) / 1e6;
    worst = Math.max(worst, read);
    row(`  ${name}`, read.toFixed(1), walk.toFixed(1), Math.max(0, grown).toFixed(0));
  }
  row('  worst', worst.toFixed(1));
}

await main();
