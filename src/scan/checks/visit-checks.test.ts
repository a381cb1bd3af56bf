import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCertificate } from '../../net/tls-certificate.ts';
import type { Line } from '../../wire/smtp/line.ts';
import type { Dossier } from '../dossier.ts';
import type { Exchange, TlsSeen, VisitSeen, VisitStep } from '../probes/visit-seen.ts';
import { checks } from './index.ts';

const FINISHED = '2026-11-25T10:00:00.000Z';

/** A dialogue as it is written (`step < command`, then `code text` lines) becomes what a visit would have seen. */
function visitOf(dialogue: string, tls?: TlsSeen): VisitSeen {
  const lines: Line[] = [];
  const steps: { [S in VisitStep]?: Exchange } = {};
  let step: VisitStep = 'greeting';
  let from = 0;
  const texts = new Map<VisitStep, { command: string | null; code: number; lines: string[]; from: number }>();
  for (const line of dialogue
    .trim()
    .split('\n')
    .map((one) => one.trim())) {
    const asked = /^(\w+) < (.*)$/.exec(line);
    if (asked !== null) {
      step = asked[1] as VisitStep;
      from = lines.length;
      lines.push({ from: 'client', text: asked[2] as string, at: lines.length });
      texts.set(step, { command: asked[2] as string, code: 0, lines: [], from });
      continue;
    }
    const entry = texts.get(step) ?? { command: null, code: 0, lines: [], from: 0 };
    texts.set(step, { ...entry, code: Number(line.slice(0, 3)), lines: [...entry.lines, line.slice(4)] });
    lines.push({ from: 'server', text: line, at: lines.length });
  }
  for (const [name, { command, code, lines: said, from: start }] of texts) {
    const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(said[0] ?? '')?.[0] ?? null;
    const text = said.map((one) => (status === null ? one : one));
    steps[name] = {
      command,
      reply: { code, status, lines: text },
      at: [start, start + said.length - (command === null ? 1 : 0)],
      took: 1,
    };
  }
  return {
    lines,
    steps,
    randomRecipient: 'q@d.example',
    ended: { how: 'done' },
    ...(tls === undefined ? {} : { tls }),
  };
}

function rulesOf(dialogue: string, tls?: TlsSeen, more: Partial<VisitSeen> = {}): string[] {
  const dossier: Dossier = {
    target: 'd.example',
    depth: 'polite',
    startedAt: FINISHED,
    finishedAt: FINISHED,
    domain: {},
    servers: [
      {
        name: 'mx.d.example',
        preference: 10,
        addresses: ['192.0.2.1'],
        endpoints: [
          { address: '192.0.2.1', port: 25, state: 'open', seen: { visit: { ...visitOf(dialogue, tls), ...more } } },
        ],
      },
    ],
    unreached: [],
  };
  const findings = checks.flatMap((check) => [...check.judge(dossier)]);
  for (const { evidence } of findings) assert.ok(evidence.length > 0);
  return [...new Set(findings.map(({ rule }) => rule.id))].sort();
}

const EHLO = 'ehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250 STARTTLS';

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing but a name', `220 mx.d.example ESMTP\n${EHLO}`, []],
  [
    'a version in the greeting',
    `220 mx.d.example ESMTP Exim 4.96 Tue, 24 Nov 2026 02:33:32 +0000\n${EHLO}`,
    ['greeting/version'],
  ],
  ['a product in the greeting', `220 mx.d.example ESMTP Postfix\n${EHLO}`, ['greeting/product']],
  [
    'a system in the greeting',
    `220 mx.d.example ESMTP Postfix (Debian/GNU)\n${EHLO}`,
    ['greeting/operating-system', 'greeting/product'],
  ],
  [
    'a version in HELP',
    `220 mx.d.example ESMTP\n${EHLO}\nhelp < HELP\n214-2.0.0 This is sendmail version 8.17.1.9\n214 2.0.0 End of HELP info`,
    ['help/version'],
  ],
  [
    'a product told by HELP alone',
    `220 mx.d.example ESMTP\n${EHLO}\nhelp < HELP\n214-2.0.0 This is OpenSMTPD\n214 2.0.0 End of HELP info`,
    ['behaviour/product'],
  ],
  ['VRFY that tells', `220 mx.d.example ESMTP\n${EHLO}\nvrfy < VRFY q\n550 5.1.1 q... User unknown`, ['vrfy/tells']],
  ['VRFY that is neutral', `220 mx.d.example ESMTP\n${EHLO}\nvrfy < VRFY q\n252 2.0.0 q`, []],
  ['VRFY that is off', `220 mx.d.example ESMTP\n${EHLO}\nvrfy < VRFY q\n502 5.5.1 VRFY command is disabled`, []],
  [
    'a recipient that cannot exist is taken',
    `220 mx.d.example ESMTP\n${EHLO}\nrecipient < RCPT TO:<q@d.example>\n250 2.1.5 Ok`,
    ['recipient/accepts-anyone'],
  ],
  [
    'a recipient that cannot exist is refused',
    `220 mx.d.example ESMTP\n${EHLO}\nrecipient < RCPT TO:<q@d.example>\n550 5.1.1 no such user`,
    ['recipient/told-apart'],
  ],
  [
    'a recipient is put off',
    `220 mx.d.example ESMTP\n${EHLO}\nrecipient < RCPT TO:<q@d.example>\n450 4.7.1 Greylisted`,
    [],
  ],
  [
    'EXPN is offered',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250-EXPN\n250 STARTTLS',
    ['expn/offered'],
  ],
  [
    'TURN is offered',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250-TURN\n250 STARTTLS',
    ['ehlo/turn'],
  ],
  [
    'ETRN is no TURN',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250-ETRN\n250 STARTTLS',
    [],
  ],
  [
    'words of Exchange',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250-X-LINK2STATE\n250 STARTTLS',
    ['ehlo/exchange-verbs'],
  ],
  ['no size', '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE\n250 STARTTLS', ['ehlo/no-size']],
  ['no STARTTLS', '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250 SIZE 100', ['starttls/missing']],
  [
    'STARTTLS inside another word',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-XSECURITY=NONE,STARTTLS\n250 SIZE 100',
    ['starttls/missing'],
  ],
  [
    'extensions taken away',
    '220 **********************\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250 XXXXXXXA',
    ['starttls/stripped'],
  ],
  [
    'STARTTLS refused',
    `220 mx.d.example ESMTP\n${EHLO}\nstarttls < STARTTLS\n454 4.7.0 TLS not available`,
    ['starttls/refused'],
  ],
  [
    'passwords in the clear',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250-AUTH PLAIN LOGIN\n250 STARTTLS',
    ['auth/in-clear'],
  ],
  [
    'NTLM',
    '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250-AUTH NTLM\n250 STARTTLS',
    ['auth/ntlm'],
  ],
  ['a server that only greets', '220 mx.d.example ESMTP', []],
];

for (const [what, dialogue, expected] of cases) {
  test(`${what}: ${expected.join(', ') || 'nothing to say'}`, () => assert.deepEqual(rulesOf(dialogue), expected));
}

const SECURE = `220 mx.d.example ESMTP\n${EHLO}\nstarttls < STARTTLS\n220 2.0.0 Go ahead`;

function established(
  validFrom: string,
  validTo: string,
  more: Partial<Extract<TlsSeen, { state: 'established' }>> = {},
  key: 'ec' | { rsaBits: number } = 'ec',
): TlsSeen {
  const { certificate } = makeCertificate({
    names: ['mx.d.example'],
    notBefore: new Date(validFrom),
    notAfter: new Date(validTo),
    key,
  });
  const chain = [certificate.replace(/-----[^-]+-----|\s/g, '')];
  return {
    state: 'established',
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    chain,
    distrust: null,
    nameMatches: true,
    ...more,
  };
}

const certificates: readonly (readonly [string, TlsSeen, readonly string[]])[] = [
  ['a certificate in order', established('2026-01-01', '2027-01-01'), []],
  ['one that ran out', established('2025-01-01', '2026-11-24'), ['certificate/expired']],
  ['one that is not yet valid', established('2026-12-01', '2027-01-01'), ['certificate/expired']],
  ['one that ends soon', established('2026-01-01', '2026-12-01'), ['certificate/ends-soon']],
  [
    'one that nobody vouches for',
    established('2026-01-01', '2027-01-01', { distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    ['certificate/untrusted'],
  ],
  ['one for another name', established('2026-01-01', '2027-01-01', { nameMatches: false }), ['certificate/name']],
  ['a short key', established('2026-01-01', '2027-01-01', {}, { rsaBits: 1024 }), ['certificate/weak-key']],
  ['a certificate that is none', established('2026-01-01', '2027-01-01', { chain: ['AAAA'] }), []],
  ['TLS 1.0', established('2026-01-01', '2027-01-01', { protocol: 'TLSv1' }), ['tls/old-version']],
  ['replies carried over', established('2026-01-01', '2027-01-01', { carriedOver: 1 }), ['starttls/carried-over']],
  ['a handshake that they broke', { state: 'failed', detail: 'alert 80', fault: 'theirs' }, ['starttls/refused']],
  ['a handshake that we cannot do proves nothing', { state: 'failed', detail: 'no shared cipher', fault: 'ours' }, []],
];

for (const [what, tls, expected] of certificates) {
  test(`${what}: ${expected.join(', ') || 'nothing to say'}`, () => assert.deepEqual(rulesOf(SECURE, tls), expected));
}

test('STARTTLS that is offered again inside TLS', () => {
  const again = `${SECURE}\nehloAfterTls < EHLO a\n250-mx.d.example\n250-SIZE 100\n250 STARTTLS`;
  assert.deepEqual(rulesOf(again, established('2026-01-01', '2027-01-01')), ['starttls/offered-again']);
});

test('where TLS comes first, its absence is no fault, passwords are covered, and STARTTLS in it is odd', () => {
  const inside = '220 mx.d.example ESMTP\nehlo < EHLO a\n250-mx.d.example\n250-SIZE 100\n250 AUTH PLAIN LOGIN';
  const tls = established('2026-01-01', '2027-01-01');
  assert.deepEqual(rulesOf(inside, tls, { implicitTls: true }), []);
  assert.deepEqual(rulesOf(`${inside}\n250 STARTTLS`, tls, { implicitTls: true }), ['starttls/offered-again']);
  assert.deepEqual(rulesOf(inside, { ...tls, protocol: 'TLSv1.1' } as TlsSeen, { implicitTls: true }), [
    'tls/old-version',
  ]);
});
