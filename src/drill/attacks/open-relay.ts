import type { DrillForm } from '../../finding/drill-report.ts';
import type { SmtpConnection } from '../../net/smtp-connection.ts';
import { type Attack, type Field, isFailure, type Verdict } from '../attack.ts';
import { type FactsWithRecipient, hasRecipient, noRecipient } from '../facts.ts';
import { type FormVerdict, notRun, verdictOfForms } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { quoteReply } from '../pulse.ts';
import { type RelayForm, relayForms } from '../relay-forms.ts';
import { envelope, hello, mail, says, script } from '../script.ts';
import { playOn } from '../scripted.ts';

/** Connections for all forms: servers hang up after some refusals. */
const CONNECTIONS_MOST = 24;

/** Asks the server to carry mail to a stranger's domain, in 32 ways of writing it. Never sends DATA. */
export const openRelay: Attack = {
  name: 'open-relay',
  title: 'Asks the server to relay, in 32 forms',
  threat: 'attack/engine',
  control: 'edge/no-relay',
  severity: 'critical',
  gain: 'He sends his spam through this server, in its name, until nobody takes mail from it any more.',
  remedy: [
    {
      platform: '*',
      text: 'Take mail from strangers for your own domains only, and refuse addresses with routes, % and !.',
    },
    {
      platform: 'Postfix',
      text: 'Keep relay restrictions first, and trust no more networks than you must.',
      config:
        'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination\nallow_percent_hack = no\nswap_bangpath = no',
    },
    { platform: 'Exchange', text: 'Take the right to relay from anonymous senders of every Receive connector.' },
  ],
  references: ['RFC 5321 §3.6', 'RFC 5321 §7.9'],
  cost: { connections: CONNECTIONS_MOST + 2, messages: 0, bytes: 12_000, seconds: 10 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    if (!hasRecipient(facts)) return notRun(noRecipient(facts));
    const control = await playOn(field, script(envelope(facts), 'C: RSET', 'S: 2*'));
    if (typeof control === 'string') return notRun(control);
    if (!control.through)
      return notRun(`its own recipient is not taken either (at ${control.stage}: ${control.words})`, control.lines);
    const anybody = await takesAnybody(field, facts);
    const forms = await askAll(field, facts, anybody);
    const plain = forms.find(({ form }) => form === PLAIN);
    if (facts.near && plain?.outcome === 'passed')
      return notRun(
        'the server relays for this machine’s address, which it may trust: a relay from here proves nothing. Run the drill from outside, or with --from an address it does not trust',
        plain.lines,
        control.lines,
      );
    return verdictOfForms(forms, [control.lines]);
  },
};

const PLAIN = 'stranger to stranger';

/** True if a name that cannot exist is taken: then an odd address with the server's own domain proves no relay. */
async function takesAnybody(field: Field, facts: FactsWithRecipient): Promise<boolean> {
  if (facts.domain === '') return false;
  const played = await playOn(field, script(mail(facts), says(`RCPT TO:<${field.token()}@${facts.domain}>`), 'S: 25*'));
  return typeof played !== 'string' && played.through;
}

async function askAll(field: Field, facts: FactsWithRecipient, anybody: boolean): Promise<FormVerdict[]> {
  const left = [...relayForms(facts)];
  const done: FormVerdict[] = [];
  for (let connections = 0; left.length > 0 && connections < CONNECTIONS_MOST; connections += 1) {
    const opened = await field.open();
    if (isFailure(opened)) {
      done.push(...left.splice(0).map((one) => unasked(one, brokenWords(opened))));
      break;
    }
    try {
      await askSome(opened, left, done, facts, anybody);
    } finally {
      opened.close();
    }
  }
  done.push(...left.map((one) => unasked(one, 'the server hung up too often')));
  return done;
}

/** Asks forms on one connection until it ends. A form whose answer was the end of the session is asked again on the next. */
async function askSome(
  connection: SmtpConnection,
  left: RelayForm[],
  done: FormVerdict[],
  facts: FactsWithRecipient,
  anybody: boolean,
): Promise<void> {
  const begun = await play(connection, hello(facts), facts);
  if (!begun.through) {
    done.push(...left.splice(0).map((one) => unasked(one, begun.words)));
    return;
  }
  for (let asked = 0; left.length > 0; asked += 1) {
    const [form] = left as [RelayForm];
    const from = connection.lines.length;
    const answer = await ask(connection, form);
    const lines = connection.lines.slice(from);
    if (answer === null && asked > 0) return;
    left.shift();
    if (answer === null) done.push({ ...stopped(form.form, 'mail', 'the server hung up'), lines });
    else done.push({ ...judge(form, answer, anybody), lines });
    if (answer === null) return;
  }
}

interface Asked {
  readonly at: 'mail' | 'rcpt';
  readonly code: number;
  readonly words: string;
}

/** Null if the session ended instead of an answer. */
async function ask(connection: SmtpConnection, { hello: name, from, to }: RelayForm): Promise<Asked | null> {
  if (name !== undefined && !(await connection.command(name)).ok) return null;
  const sender = await connection.command(`MAIL FROM:${from}`);
  if (!sender.ok || sender.reply.code === 421) return null;
  if (sender.reply.code >= 300) return { at: 'mail', code: sender.reply.code, words: quoteReply(sender.reply) };
  const recipient = await connection.command(`RCPT TO:${to}`);
  if (!recipient.ok || recipient.reply.code === 421) return null;
  // If the session ends here, the next form will notice.
  await connection.command('RSET');
  return { at: 'rcpt', code: recipient.reply.code, words: quoteReply(recipient.reply) };
}

function judge({ form, local }: RelayForm, { at, code, words }: Asked, anybody: boolean): DrillForm {
  if (code >= 300) return stopped(form, at, words);
  if (local && anybody)
    return { form, outcome: 'contained', at, because: `taken (${words}), as every name at this domain is` };
  return { form, outcome: 'passed', at, because: words };
}

const stopped = (form: string, at: 'mail' | 'rcpt', because: string): DrillForm => ({
  form,
  outcome: 'stopped',
  at,
  because,
});
const unasked = ({ form }: RelayForm, because: string): FormVerdict => ({
  form,
  outcome: 'not-run',
  at: null,
  because,
  lines: [],
});
