import type { Rule } from '../../finding/rule.ts';
import { readMailDate } from '../../wire/dsn/mail-date.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'header/time-zone',
  severity: 'info',
  title: 'The time zone of sender and servers shows',
  why: 'It tells where people and machines are, and so when nobody watches.',
  remedy: [{ platform: '*', text: 'Run mail servers in UTC; a gateway may rewrite the zone of Date fields.' }],
  references: ['RFC 5322 §3.3', 'RFC 3339 §4.3'],
  threat: 'recon/bounce',
};

/** The zone of the sender's clock, and of each server that is not in UTC. */
export const timeZone: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { name, value, where } of seen.fields) {
      if (name !== 'date' && name !== 'arrival-date') continue;
      const zone = readMailDate(value)?.zone;
      if (zone !== undefined && zone !== null && zone !== 0) yield disclose(rule, 'time-zone', showZone(zone), where);
    }
    for (const { received, where } of seen.received) {
      const zone = received.date?.zone ?? null;
      if (zone !== null && zone !== 0)
        yield disclose(rule, 'time-zone', `${showZone(zone)}${received.by === null ? '' : ` (${received.by})`}`, where);
    }
  },
};

function showZone(minutes: number): string {
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}
