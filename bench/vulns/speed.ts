/**
 * What looking holes up costs: CPU milliseconds for the first question of a process (files read and parsed) and for each
 * later one, and for reading everything. Usage: node bench/vulns/speed.ts
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedHoles } from '../../src/knowledge/load-vulnerabilities.ts';
import { vulnerabilitiesOf } from '../../src/platform/vulnerable.ts';

const QUESTIONS: readonly (readonly [product: string, version: string])[] = [
  ['exim', '4.96'],
  ['postfix', '3.7.11'],
  ['exchange', '15.2.1544.13'],
  ['roundcube', '1.6.5'],
  ['domino', '9.0.1FP6'],
];
const ROUNDS = 200;

/** CPU milliseconds, user and system. */
function cpu(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const [mode, product = '', version = ''] = process.argv.slice(2);
if (mode === 'first') {
  const spent = cpu(() => vulnerabilitiesOf({ product, version, subject: '' }, embeddedHoles(), '2026-11-25'));
  process.stdout.write(`${spent}\n`);
} else {
  for (const [name, build] of QUESTIONS) {
    const firsts = Array.from({ length: 5 }, () => {
      const { stdout } = spawnSync(process.execPath, [import.meta.filename, 'first', name, build]);
      return Number(stdout.toString());
    }).sort((a, b) => a - b);
    const knowledge = embeddedHoles();
    const ask = () => vulnerabilitiesOf({ product: name, version: build, subject: '' }, knowledge, '2026-11-25');
    const { length } = ask().vulnerabilities;
    const later = cpu(() => {
      for (let round = 0; round < ROUNDS; round++) ask();
    });
    process.stdout.write(
      `${name.padEnd(10)} first ${firsts[2]?.toFixed(1).padStart(5)} ms  later ${(later / ROUNDS).toFixed(2).padStart(5)} ms  ${length} rows judged\n`,
    );
  }
  const all = embeddedHoles();
  const folder = join(import.meta.dirname, '..', '..', 'src', 'knowledge', 'vulnerabilities');
  const spent = cpu(() => {
    for (const name of readdirSync(folder)) all.holesOf(name.replace(/\.json$/, ''));
    all.exchangeBuilds();
  });
  process.stdout.write(`everything ${spent.toFixed(1)} ms\n`);
}
