import type { Attack } from '../attack.ts';
import { offered } from '../facts.ts';
import { envelope, exactly, letter, script } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Sends BDAT with sizes that are none (RFC 3030). */
export const badChunks: Attack = scripted({
  name: 'bad-chunks',
  title: 'Sends chunks whose sizes are no numbers',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'Where two servers count a chunk differently, the rest of it is commands for one of them (Exim CVE-2017-16943 was worse).',
  remedy: [
    { platform: '*', text: 'Take decimal sizes only, or do not offer CHUNKING.' },
    { platform: 'Postfix', text: 'Do not offer it.', config: 'smtpd_discard_ehlo_keywords = chunking' },
    { platform: 'Exim', text: 'Do not offer it.', config: 'chunking_advertise_hosts =' },
  ],
  references: ['RFC 3030 §2', 'CVE-2017-16943'],
  cost: { connections: 5, messages: 1, bytes: 4_000, seconds: 10 },
  pairs: writing((facts, token) => {
    const text = letter(facts, { attack: 'bad-chunks', token: 'control' });
    // Where chunks are not offered they must not be taken either: the sting then stands against the envelope alone.
    const control = offered(facts, 'CHUNKING')
      ? script(envelope(facts), exactly(`BDAT ${text.length} LAST\r\n${text}`), 'S: 250*')
      : envelope(facts);
    const stung = letter(facts, { attack: 'bad-chunks', token: token() });
    const sting = (size: string) => script(envelope(facts), exactly(`BDAT ${size} LAST\r\n${stung}`), 'S: 250*');
    return [
      { form: 'a hexadecimal size', control, sting: sting(`0x${stung.length.toString(16)}`), patience: 4_000 },
      { form: 'a size with a sign', control, sting: sting(`+${stung.length}`), patience: 4_000 },
      { form: 'a size beyond 64 bits', control, sting: sting(`${2n ** 64n + BigInt(stung.length)}`), patience: 4_000 },
    ];
  }),
});
