import type { Attack } from '../attack.ts';
import { exactly, hello, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Where the attacker claims to be: an address for documentation (RFC 5737). */
const CLAIMED = '203.0.113.25';
/** PROXY protocol version 2: TCP over IPv4, from 203.0.113.25:40000 to 203.0.113.1:25. */
const VERSION_2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x19\xcb\0\x71\x01\x9c\x40\0\x19';

/** Claims by the PROXY protocol to be somebody else. */
export const proxyHeader: Attack = scripted({
  name: 'proxy-header',
  title: 'Claims another address by the PROXY protocol',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'high',
  gain: 'Every check of addresses (lists, rates, trusted networks) sees the address of his choice.',
  remedy: [
    {
      platform: '*',
      text: 'Believe the PROXY protocol of your own balancer’s address only; refuse it from all others.',
    },
    { platform: 'Exim', text: 'Name the balancers.', config: 'hosts_proxy = 10.0.0.1' },
  ],
  references: ['https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt', 'CVE-2023-42117'],
  cost: { connections: 5, messages: 0, bytes: 1_000, seconds: 10 },
  pairs: (facts) => {
    const early = (bytes: string) => script(exactly(`${bytes}EHLO ${facts.hello}\r\n`), 'S: 220*', 'S: 250*');
    const line = `PROXY TCP4 ${CLAIMED} 203.0.113.1 40000 25\r\n`;
    return [
      { form: 'version 1 first of all', control: early(''), sting: early(line), patience: 4_000 },
      { form: 'version 2 first of all', control: early(''), sting: early(VERSION_2), patience: 4_000 },
      {
        form: 'version 1 behind the greeting',
        control: hello(facts),
        sting: script('S: 220*', exactly(`${line}EHLO ${facts.hello}\r\n`), 'S: 250*'),
        patience: 4_000,
      },
    ];
  },
});
