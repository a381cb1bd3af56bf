/** A drill inside the test's own process, with nothing to wait for that a test does not want. */
import assert from 'node:assert/strict';
import { drillTools } from '../../src/apps/drill/tools.ts';
import type { Attack } from '../../src/drill/attack.ts';
import { attacks } from '../../src/drill/attacks/index.ts';
import type { Mailbox } from '../../src/drill/mailbox.ts';
import { runDrill } from '../../src/drill/run.ts';
import type { Briefing } from '../../src/drill/scout.ts';
import type { DrillAttack, DrillReport } from '../../src/finding/drill-report.ts';
import { systemClock } from '../../src/net/clock.ts';

export interface DrillWish {
  /** By name; all if left out. */
  readonly only?: readonly string[];
  readonly mailbox?: Mailbox;
  readonly briefing?: Partial<Briefing>;
}

/** Drills what listens there, as the recipient alice@example.test; the fault if it could not be drilled. */
export async function tryDrill(
  { address, port }: { readonly address: string; readonly port: number },
  { only, mailbox, briefing = {} }: DrillWish = {},
): Promise<DrillReport | { readonly fault: string }> {
  const patience = briefing.patience ?? 20_000;
  const { apart, ...tools } = drillTools(
    { address, from: null, timeout: patience / 1000 },
    systemClock,
    new AbortController().signal,
  );
  const told: Briefing = {
    host: 'mx.example.test',
    address,
    port,
    near: false,
    hello: 'mailward-drill.invalid',
    sender: 'drill@mailward-drill.invalid',
    recipient: 'alice@example.test',
    foreign: 'nobody@example.com',
    date: new Date().toUTCString().replace('GMT', '+0000'),
    authorised: 'a test',
    origin: null,
    apart,
    patience,
    hold: 1,
    ...briefing,
  };
  return runDrill('target', told, chosen(only), { ...tools, mailbox: mailbox ?? null });
}

/** What each attack came to, by its name. */
export async function drilled(
  target: { readonly address: string; readonly port: number },
  wish: DrillWish = {},
): Promise<ReadonlyMap<string, DrillAttack>> {
  const report = await tryDrill(target, wish);
  assert.ok(!('fault' in report), JSON.stringify(report));
  return new Map(report.attacks.map((result) => [result.attack, result]));
}

function chosen(only: readonly string[] | undefined): readonly Attack[] {
  return only === undefined ? attacks : attacks.filter(({ name }) => only.includes(name));
}
