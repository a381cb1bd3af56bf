/**
 * Whatever DNS and servers do, a scan ends soon, in bounded memory, and says what it could not see and why. It never ends in a
 * stack trace, and never calls fine what it has not seen.
 */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { listenDns } from '../../src/net/dns-listener.ts';
import type { Listening } from '../../src/net/listener.ts';
import { type CertificateWish, makeCertificate } from '../../src/net/tls-certificate.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { commandLine } from '../harness/command-line.ts';
import { fullPort } from '../harness/full-port.ts';
import { type Behaviour, byVerb, scriptedServer } from '../harness/scripted-server.ts';

/** The longest that any scan of this file may take: some steps of a second each, on a busy machine. */
const SOON_MS = 15_000;

interface Scan {
  readonly grade: string;
  readonly state: string | undefined;
  readonly reasons: readonly string[];
  readonly rules: readonly string[];
  readonly status: number;
  readonly size: number;
}

async function scan(args: readonly string[]): Promise<Scan> {
  const began = performance.now();
  const { code, out, err } = await commandLine(['scan', '--json', '--no-save', '--timeout', '1', ...args]);
  assert.ok(performance.now() - began < SOON_MS, 'it took too long');
  assert.equal(err, '');
  const report = JSON.parse(out) as {
    grade: string;
    servers: { endpoints: { state: string }[] }[];
    findings: { rule: string }[];
    unreached: { reason: string }[];
  };
  assert.ok(report.unreached.length + report.findings.length > 0, 'nothing is said of it');
  assert.doesNotMatch(report.grade, /^A/, 'it is called fine');
  return {
    grade: report.grade,
    state: report.servers[0]?.endpoints[0]?.state,
    reasons: report.unreached.map(({ reason }) => reason),
    rules: report.findings.map(({ rule }) => rule),
    status: code,
    size: out.length,
  };
}

const LONG_TXT = `"v=spf1 ${'a:x.test '.repeat(7_000)}-all"`;
const ZONE = `
test                  SOA  ns.test root.test 7 30
servfail.test         !    servfail
refused.test          !    refused
silent.test           !    silent
garbage.test          !    garbage
cut.test              !    cut
loop.test             CNAME round.loop.test
round.loop.test       CNAME loop.test
mx-loop.test          MX   10 a.mx-loop.test
a.mx-loop.test        CNAME b.mx-loop.test
b.mx-loop.test        CNAME a.mx-loop.test
self-loop.test        MX   10 a.self-loop.test
a.self-loop.test      CNAME a.self-loop.test
no-address.test       MX   10 mx.no-address.test
mx.no-address.test    TXT  x
gone.test             MX   10 mx.gone.test
crowd.test            *10000 MX 10 mx%.crowd.test
many.test             *2000 MX 10 m%.e
e                     SOA  ns.test root.test 7 30
long.test             MX   0 .
long.test             TXT  ${LONG_TXT}
`;

describe('a domain', () => {
  let dns: Listening;
  before(async () => {
    dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(ZONE)));
  });
  after(() => dns.close());
  const scanDomain = (domain: string) => scan([domain, '--resolver', `127.0.0.1:${dns.port}`]);

  const unseen: readonly (readonly [domain: string, what: string, reason: string])[] = [
    ['unknown.test', 'that does not exist', 'no-such-domain'],
    ['servfail.test', 'that DNS fails at', 'dns-servfail'],
    ['refused.test', 'that DNS refuses to tell of', 'dns-refused'],
    ['silent.test', 'that DNS is silent about', 'dns-timeout'],
    ['garbage.test', 'whose answers are garbage', 'dns-malformed'],
    ['cut.test', 'whose answers fit nowhere', 'dns-malformed'],
    ['loop.test', 'in a circle of CNAMEs', 'dns-loop'],
    ['mx-loop.test', 'whose MX is in a circle of CNAMEs', 'dns-loop'],
    ['self-loop.test', 'whose MX is its own CNAME', 'dns-loop'],
    ['no-address.test', 'whose MX has no address', 'no-address'],
    ['crowd.test', 'with 10,000 MX records', 'dns-malformed'],
  ];
  for (const [domain, what, reason] of unseen) {
    it(`${what} is unreached: ${reason}`, async () => {
      const { reasons, status } = await scanDomain(domain);
      assert.ok(reasons.includes(reason), reasons.join(' '));
      assert.equal(status, 3);
    });
  }

  it('whose MX does not exist is a finding', async () => {
    const { rules, status } = await scanDomain('gone.test');
    assert.ok(rules.includes('mx/unresolvable'), rules.join(' '));
    assert.equal(status, 1);
  });

  it('with as many MX records as one answer holds is a finding, and asks for a few', async () => {
    const { rules, reasons, size } = await scanDomain('many.test');
    assert.ok(rules.includes('mx/too-many'), rules.join(' '));
    assert.ok(reasons.includes('budget'), reasons.join(' '));
    assert.ok(size < 200_000, `the report has ${size} characters`);
  });

  it('with a TXT of 64 KB is a finding, and keeps little of it', async () => {
    const { rules, size } = await scanDomain('long.test');
    assert.ok(
      rules.some((rule) => rule.startsWith('spf/')),
      rules.join(' '),
    );
    assert.ok(size < 200_000, `the report has ${size} characters`);
  });

  it('cannot be looked up without a resolver', async () => {
    const { reasons, status } = await scan(['here.test', '--resolver', '127.0.0.1:1']);
    assert.ok(reasons.includes('no-resolver'), reasons.join(' '));
    assert.equal(status, 3);
  });
});

const year = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 300 * 86_400_000) };
const GOOD = { EHLO: '250-mx.here.test\r\n250 SIZE 1000', HELP: '214 ask elsewhere', QUIT: '221 bye' };
const STARTTLS = { ...GOOD, EHLO: '250-mx.here.test\r\n250 STARTTLS' };

/** Sends `text` again and again until nobody takes it any more, and counts the bytes. */
function endless(text: string): { readonly behaviour: Behaviour; readonly sent: () => number } {
  let sent = 0;
  const piece = Buffer.from(text.repeat(Math.ceil(16_384 / text.length)), 'latin1');
  const pour = (socket: Socket): void => {
    while (!socket.destroyed) {
      sent += piece.length;
      if (!socket.write(piece)) return void socket.once('drain', () => pour(socket));
    }
  };
  return { behaviour: { greet: pour }, sent: () => sent };
}

/** Offers STARTTLS, and does `instead` once the client begins to shake hands. */
function brokenTls(instead: (socket: Socket) => void): Behaviour {
  const plain = byVerb('220 mx.here.test', STARTTLS);
  return {
    ...plain,
    onLine(line, socket) {
      if (line !== 'STARTTLS') return plain.onLine?.(line, socket);
      socket.removeAllListeners('data').write('220 go\r\n');
      socket.once('data', () => instead(socket));
    },
  };
}

function certified(wish: Partial<CertificateWish>): Behaviour {
  const { certificate, key } = makeCertificate({ names: ['127.0.0.1'], ...year, ...wish });
  const secureContext = createSecureContext({ cert: certificate, key, ciphers: 'DEFAULT:@SECLEVEL=0' });
  const plain = byVerb('220 mx.here.test', STARTTLS);
  return {
    ...plain,
    onLine(line, socket) {
      if (line !== 'STARTTLS') return plain.onLine?.(line, socket);
      socket.removeAllListeners('data').write('220 go\r\n');
      const secure = new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => {});
      const inside = byVerb('', GOOD);
      secure.on('data', (bytes: Buffer) => {
        for (const text of bytes.toString('latin1').split('\r\n').slice(0, -1)) inside.onLine?.(text, secure);
      });
    },
  };
}

/** The first messages of a TLS 1.2 server whose certificate is no certificate (RFC 5246 §7.4.2). */
function rubbishCertificate(): Buffer {
  const sized = (size: number, body: Buffer): Buffer => {
    const length = Buffer.alloc(size);
    length.writeUIntBE(body.length, 0, size);
    return Buffer.concat([length, body]);
  };
  const message = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([type]), sized(3, body)]);
  const record = (body: Buffer): Buffer => Buffer.concat([Buffer.from([0x16, 3, 3]), sized(2, body)]);
  // ECDHE-RSA-AES128-GCM-SHA256, no session, no compression.
  const hello = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0xc0, 0x2f, 0])]);
  const certificate = sized(3, sized(3, Buffer.from('this is no certificate')));
  return Buffer.concat([record(message(2, hello)), record(message(11, certificate))]);
}

/** Writes one byte after the other, a tenth of a second apart: each comes within a deadline that the whole does not meet. */
function drop(socket: Socket, text: string): void {
  const timer = setInterval(() => {
    socket.write(text.slice(0, 1));
    text = text.slice(1) || text;
  }, 100);
  socket.once('close', () => clearInterval(timer));
}

describe('a server', () => {
  const scanServer = async (behaviour: Behaviour): Promise<Scan> => {
    await using server = await scriptedServer(behaviour);
    return await scan([`${server.address}:${server.port}`]);
  };

  const unseen: readonly (readonly [what: string, behaviour: Behaviour, reason: string])[] = [
    ['that sends nothing', {}, 'silent'],
    ['that drips a greeting', { greet: (socket) => drop(socket, `220 ${'x'.repeat(500)}`) }, 'timeout'],
    ['that sends NULs alone', { greet: (socket) => socket.write('\0\0\0\0\r\n') }, 'protocol'],
    [
      'that sends invalid UTF-8 alone',
      { greet: (socket) => socket.write('\xff\xfe\xc3\x28\r\n', 'latin1') },
      'protocol',
    ],
    ['that speaks another protocol', { greet: (socket) => socket.write('SSH-2.0-x\r\n') }, 'protocol'],
    ['that closes at once', { greet: (socket) => socket.end() }, 'closed'],
    ['that resets at once', { greet: (socket) => socket.resetAndDestroy() }, 'closed'],
    ['that closes in mid greeting', { greet: (socket) => socket.end('220-mx.here.test\r\n220') }, 'closed'],
    ['that turns strangers away', byVerb('554 5.7.1 not you', GOOD), 'rejected'],
    ['that is too busy', byVerb('421 4.3.2 later', GOOD), 'throttled'],
    ['that greets and then says nothing', { greet: (socket) => socket.write('220 mx.here.test\r\n') }, 'silent'],
    ['that greets and hangs up', { greet: (socket) => socket.end('220 mx.here.test\r\n') }, 'closed'],
  ];
  for (const [what, behaviour, reason] of unseen) {
    it(`${what} is unreached: ${reason}`, async () => {
      const { reasons, state, status } = await scanServer(behaviour);
      assert.deepEqual(reasons, [reason]);
      assert.equal(state, 'unreached');
      assert.equal(status, 3);
    });
  }

  for (const [what, text] of [
    ['an endless line', 'x'],
    ['an endless line behind a code', '220 '],
    ['endless 220- lines', '220-mx\r\n'],
  ] as const) {
    it(`that sends ${what} is unreached: overlong, and is not read for long`, async () => {
      const { behaviour, sent } = endless(text);
      const { reasons, status } = await scanServer(behaviour);
      assert.deepEqual([reasons, status], [['overlong'], 3]);
      // What the kernel's buffers on both sides take is not ours.
      assert.ok(sent() < 16 * 1024 * 1024, `${sent()} bytes were taken`);
    });
  }

  it('that answers with codes alone, NULs and invalid UTF-8 is read to its end', async () => {
    const { rules, reasons, state } = await scanServer(
      byVerb('220 m\0x \xff\xfe\xc3\x28', { ...GOOD, HELP: '214', VRFY: '252', NOOP: '250', MAIL: '250', RCPT: '550' }),
    );
    assert.deepEqual([reasons, state], [[], 'open']);
    assert.ok(rules.includes('starttls/missing'), rules.join(' '));
  });

  const broken: readonly (readonly [what: string, instead: (socket: Socket) => void])[] = [
    ['closes', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['talks on in clear', (socket) => socket.write('250 what?\r\n')],
    ['falls silent', () => {}],
    ['shows what is no certificate', (socket) => socket.write(rubbishCertificate())],
  ];
  for (const [what, instead] of broken) {
    it(`that ${what} in the middle of STARTTLS is told`, async () => {
      const { reasons, rules, state } = await scanServer(brokenTls(instead));
      assert.deepEqual([reasons, state], [['tls-failed'], 'open']);
      assert.ok(rules.includes('starttls/refused'), rules.join(' '));
    });
  }

  const certificates: readonly (readonly [what: string, wish: Partial<CertificateWish>, rule: string])[] = [
    ['an expired certificate', { notAfter: new Date(Date.now() - 3_600_000) }, 'certificate/expired'],
    ['a self-signed certificate', {}, 'certificate/untrusted'],
    ['a certificate for another name', { names: ['elsewhere.test'] }, 'certificate/name'],
    ['a certificate with a short key', { key: { rsaBits: 1024 } }, 'certificate/weak-key'],
  ];
  for (const [what, wish, rule] of certificates) {
    it(`with ${what} is a finding`, async () => {
      const { rules, reasons } = await scanServer(certified(wish));
      assert.ok(rules.includes(rule), rules.join(' '));
      assert.deepEqual(reasons, []);
    });
  }

  it('that refuses connections is closed', async () => {
    const { address, port } = await (async () => {
      await using server = await scriptedServer({});
      return { address: server.address, port: server.port };
    })();
    const { reasons, state, status } = await scan([`${address}:${port}`]);
    assert.deepEqual([reasons, state, status], [['refused'], 'closed', 3]);
  });

  it('behind a filter that drops packets is filtered', {
    skip: process.platform !== 'linux' && 'needs Linux',
  }, async () => {
    await using full = await fullPort();
    const { reasons, state, status } = await scan([`${full.address}:${full.port}`]);
    assert.deepEqual([reasons, state, status], [['filtered'], 'filtered', 3]);
  });
});
