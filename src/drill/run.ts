import type { DrillAttack, DrillReport } from '../finding/drill-report.ts';
import type { Evidence } from '../finding/evidence.ts';
import type { Clock } from '../net/clock.ts';
import type { SmtpClient } from '../net/smtp-client.ts';
import type { Attack, Field, Verdict } from './attack.ts';
import type { Facts } from './facts.ts';
import type { Mailbox } from './mailbox.ts';
import { notRun, quoted, scoreOf } from './outcome.ts';
import { type Pulse, takePulse } from './pulse.ts';
import { type Briefing, scout } from './scout.ts';

/** Everything from outside that a drill uses. */
export interface DrillTools {
  readonly clock: Clock;
  /** A client for the attack of this number: on loopback each attack comes from an address of its own, so that none pays for another. */
  readonly attacker: (number: number, member: number) => SmtpClient;
  /** A client for honest visits, from an address that attacks nobody, where there is one. */
  readonly honest: SmtpClient;
  readonly mailbox: Mailbox | null;
  readonly token: (length: number) => string;
  /** Milliseconds between two connections. */
  readonly gap: number;
  readonly signal: AbortSignal;
  /** Told as each attack begins, which of how many it is. */
  readonly progress?: (attack: Attack, number: number, of: number) => void;
}

/** How long a server may need to come to itself before it counts as harmed, look by look. */
const RECOVERY_MS = [500, 1_500, 4_000] as const;
const TOKEN_LENGTH = 16;

/** A drill, or the reason why there was nothing to attack. */
export async function runDrill(
  target: string,
  briefing: Briefing,
  attacks: readonly Attack[],
  tools: DrillTools,
): Promise<DrillReport | { readonly fault: string }> {
  const startedAt = new Date(tools.clock.now()).toISOString();
  const facts = await scout(briefing, tools.honest, tools.clock);
  if ('fault' in facts) return facts;
  const results: DrillAttack[] = [];
  let over: string | null = null;
  for (const [number, attack] of attacks.entries()) {
    if (tools.signal.aborted) over ??= INTERRUPTED;
    const began = tools.clock.monotonic();
    if (over === null) tools.progress?.(attack, number + 1, attacks.length);
    const verdict: Seen = over === null ? await playOne(attack, number, facts, tools) : notRun(over);
    results.push(resultOf(attack, verdict, Math.round(tools.clock.monotonic() - began)));
    if (verdict.over !== undefined) over = verdict.over;
  }
  return {
    target,
    startedAt,
    finishedAt: new Date(tools.clock.now()).toISOString(),
    score: scoreOf(results),
    authorised: briefing.authorised,
    recipient: facts.recipient,
    endedEarly: results.at(-1)?.because === over ? over : null,
    attacks: results,
  };
}

/** A verdict; `over` says why the drill must end here. */
type Seen = Verdict & { readonly over?: string };

const INTERRUPTED = 'the drill was interrupted';

/** Plays an attack, and looks afterwards whether the server still serves others. */
async function playOne(attack: Attack, number: number, facts: Facts, tools: DrillTools): Promise<Seen> {
  const verdict = await attack.play(fieldOf(number, facts, tools)).catch((fault: unknown) => {
    if (tools.signal.aborted) return null;
    throw fault;
  });
  // What an attack came to whose connections were cut proves nothing.
  if (verdict === null || tools.signal.aborted) return { ...notRun(INTERRUPTED), over: INTERRUPTED };
  let pulse = await visit(facts, tools);
  for (const wait of RECOVERY_MS) {
    if (pulse.state === 'served') return verdict;
    await tools.clock.sleep(wait);
    pulse = await visit(facts, tools);
  }
  if (pulse.state === 'served') return verdict;
  if (pulse.state === 'refused')
    return {
      ...verdict,
      over: `since ${attack.name} the server turns us away (${pulse.words}): what else it would stop is not known`,
    };
  return {
    ...verdict,
    outcome: 'harmed',
    because: `${verdict.because}; afterwards the server served nobody (${pulse.words})`,
    over: `${attack.name} had put the server out of service`,
  };
}

function visit(facts: Facts, { honest, clock }: DrillTools): Promise<Pulse> {
  return takePulse(honest, facts, facts.hello, clock);
}

function fieldOf(number: number, facts: Facts, tools: DrillTools): Field {
  const clients = new Map<number, SmtpClient>();
  const clientOf = (member: number): SmtpClient => {
    const client = clients.get(member) ?? tools.attacker(number, member);
    clients.set(member, client);
    return client;
  };
  let notBefore = 0;
  const connect = async (client: SmtpClient, endpoint: { readonly address: string; readonly port: number }) => {
    const opened = await client.open(endpoint, { signal: tools.signal });
    return opened.ok ? opened.connection : opened;
  };
  return {
    facts,
    mailbox: tools.mailbox,
    clock: { ...tools.clock, sleep: (ms) => tools.clock.sleep(ms, tools.signal) },
    async open(member = 0) {
      const wait = notBefore - tools.clock.monotonic();
      if (wait > 0) await tools.clock.sleep(wait, tools.signal);
      notBefore = tools.clock.monotonic() + tools.gap;
      return connect(clientOf(member), facts);
    },
    openOrigin: () => connect(clientOf(0), facts.origin ?? facts),
    pulse: () => visit(facts, tools),
    token: () => tools.token(TOKEN_LENGTH),
  };
}

function resultOf(attack: Attack, verdict: Verdict, took: number): DrillAttack {
  const { name, title, threat, control, severity, gain, remedy, references } = attack;
  const { outcome, at, because, forms = [], dialogues } = verdict;
  const evidence = dialogues
    .filter((lines) => lines.length > 0)
    .map((lines): Evidence => ({ kind: 'dialogue', lines: quoted(lines) }));
  return {
    attack: name,
    title,
    threat,
    control,
    severity,
    gain,
    outcome,
    at,
    because,
    forms,
    evidence,
    remedy,
    references,
    took,
  };
}
