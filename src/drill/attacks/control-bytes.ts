import type { Attack } from '../attack.ts';
import { exactly, hello, mail, script } from '../script.ts';
import { scripted } from '../scripted.ts';

const FORMS = [
  ['NUL', '\0'],
  ['CR', '\r'],
  ['escape', '\x1b[2J'],
  ['backspace', '\b'],
  ['an octet above 127', '\xff'],
] as const;

/** Puts bytes into an address that no address may hold (RFC 5321 §4.1.2). */
export const controlBytes: Attack = scripted({
  name: 'control-bytes',
  title: 'Puts control bytes into an address',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'Logs, lists and terminals behind the server act on them; a NUL ends the text for one reader and not for another.',
  remedy: [
    {
      platform: '*',
      text: 'Refuse commands with control bytes, and with octets above 127 where SMTPUTF8 was not asked for.',
    },
  ],
  references: ['RFC 5321 §4.1.2', 'RFC 5321 §2.4', 'RFC 6531 §3.3'],
  cost: { connections: 6, messages: 0, bytes: 1_000, seconds: 2 },
  pairs: (facts) =>
    FORMS.map(([form, bytes]) => ({
      form,
      control: mail(facts),
      sting: script(hello(facts), exactly(`MAIL FROM:<dr${bytes}ill@${facts.hello}>\r\n`), 'S: 250*'),
    })),
});
