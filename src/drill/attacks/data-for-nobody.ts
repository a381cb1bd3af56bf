import type { Attack } from '../attack.ts';
import { data, mail, script } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Begins a message that is for nobody, as an engine does that reads no answers. */
export const dataForNobody: Attack = scripted({
  name: 'data-for-nobody',
  title: 'Begins a message without a recipient',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'low',
  gain: 'His engine need not read answers: it sends everything to everybody, and the server reads it all.',
  remedy: [{ platform: '*', text: 'Answer DATA without a recipient with 503 or 554, and do not read the message.' }],
  references: ['RFC 5321 §3.3', 'RFC 5321 §4.1.1.4'],
  cost: { connections: 2, messages: 0, bytes: 300, seconds: 1 },
  pairs: writing((facts) => [
    { form: 'DATA without RCPT', control: data(facts), sting: script(mail(facts), 'C: DATA', 'S: 354*') },
  ]),
});
