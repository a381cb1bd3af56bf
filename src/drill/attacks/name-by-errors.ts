import type { Attack } from '../attack.ts';
import { naming } from '../naming.ts';

/** Names the product from the words of its errors. */
export const nameByErrors: Attack = naming({
  name: 'name-by-errors',
  title: 'Names the product by its errors',
  threat: 'recon/greeting',
  control: 'edge/neutral-dialect',
  severity: 'low',
  gain: 'Every product has its own words for what it refuses: three errors name it, whatever the greeting says.',
  remedy: [{ platform: '*', text: 'Put a gateway in front that answers all errors in words of its own.' }],
  references: ['RFC 5321 §4.2', 'RFC 5321 §7.5'],
  cost: { connections: 1, messages: 0, bytes: 300, seconds: 1 },
  questions: ({ hello, sender, domain, serverName }, token) => [
    { say: `EHLO ${hello}`, kind: null },
    { say: `X${token().slice(0, 7).toUpperCase()}`, kind: 'smtp.unknown' },
    { say: 'RSET', kind: 'smtp.rset' },
    { say: `MAIL FROM:<${sender}>`, kind: 'smtp.mailfrom' },
    { say: `RCPT TO:<${token()}@${domain === '' ? serverName : domain}>`, kind: 'smtp.rcptto' },
    { say: 'QUIT', kind: null },
  ],
});
