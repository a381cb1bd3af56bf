import type { Attack } from '../attack.ts';
import { hello, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Claims by XCLIENT and XFORWARD to be somebody else, as only a trusted front server may. */
export const xclient: Attack = scripted({
  name: 'xclient',
  title: 'Claims another address by XCLIENT',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'high',
  gain: 'He becomes a trusted client: with the address of localhost he may relay wherever he likes.',
  remedy: [
    { platform: '*', text: 'Take XCLIENT and XFORWARD from your own front servers only.' },
    {
      platform: 'Postfix',
      text: 'Name the front servers, or nobody.',
      config: 'smtpd_authorized_xclient_hosts =\nsmtpd_authorized_xforward_hosts =',
    },
  ],
  references: ['https://www.postfix.org/XCLIENT_README.html', 'https://www.postfix.org/XFORWARD_README.html'],
  cost: { connections: 3, messages: 0, bytes: 500, seconds: 2 },
  pairs: (facts) => {
    const control = script(hello(facts), 'C: NOOP', 'S: 2*');
    return [
      { form: 'XCLIENT', control, sting: script(hello(facts), 'C: XCLIENT ADDR=127.0.0.1 NAME=localhost', 'S: 2*') },
      { form: 'XFORWARD', control, sting: script(hello(facts), 'C: XFORWARD ADDR=127.0.0.1 NAME=localhost', 'S: 2*') },
    ];
  },
});
