import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type Behaviour, byVerb, type ScriptedServer, scriptedServer } from '../../../test/harness/scripted-server.ts';
import { UnreachedError } from '../../finding/unreached.ts';
import { systemClock } from '../../net/clock.ts';
import { createDialler } from '../../net/dialler.ts';
import { createPace, POLITE } from '../../net/pace.ts';
import { createSmtpClient } from '../../net/smtp-client.ts';
import type { SmtpLimits } from '../../net/smtp-limits.ts';
import { type CertificateWish, makeCertificate } from '../../net/tls-certificate.ts';
import { createWebClient } from '../../net/web-client.ts';
import type { ScanTools } from '../probe.ts';
import { visit } from './visit.ts';
import type { VisitSeen } from './visit-seen.ts';

/** For servers that never answer; good ones get the ordinary limits, so that a busy machine fails no test. */
const QUICK: Partial<SmtpLimits> = { greeting: 400, command: 400, handshake: 400 };

function tools(limits: Partial<SmtpLimits> = {}): ScanTools {
  const pace = createPace(systemClock, { ...POLITE, gap: 0 });
  const smtp = createSmtpClient({
    clock: systemClock,
    dial: createDialler({ clock: systemClock }),
    limits,
  });
  let count = 0;
  return {
    resolver: { query: async () => ({ status: 'failed', reason: 'no-resolver', detail: '' }), close() {} },
    http: async () => ({ kind: 'failed', why: 'no web here', fault: { at: 'content' } }),
    web: createWebClient({ clock: systemClock }),
    smtp,
    pace,
    clock: systemClock,
    token: (length) => 'nobody'.padEnd(length, String.fromCharCode(97 + count++)),
    asker: { hostName: 'probe.example', mailbox: 'scan@probe.example' },
  };
}

function target(server: ScriptedServer) {
  return { name: 'mx.here.example', address: server.address, port: server.port, domain: 'here.example' };
}

async function visited(
  behaviour: Behaviour,
  limits?: Partial<SmtpLimits>,
): Promise<VisitSeen & { heard: readonly string[] }> {
  await using server = await scriptedServer(behaviour);
  return { ...(await visit.look(target(server), tools(limits))), heard: server.heard };
}

/** The reason for which a server could not be looked at. */
async function reasonOf(behaviour: Behaviour, limits?: Partial<SmtpLimits>): Promise<string> {
  try {
    const seen = await visited(behaviour, limits);
    return `saw it, ended ${seen.ended.how}`;
  } catch (error) {
    assert.ok(error instanceof UnreachedError, String(error));
    return error.reason;
  }
}

const GOOD = {
  EHLO: '250-mx.here.example\r\n250-SIZE 1000\r\n250 HELP',
  HELP: '214 ask elsewhere',
  VRFY: '252 try it',
  QUIT: '221 bye',
};

const year = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000 * 300) };

/** A server with STARTTLS; `before` may send something behind its 220. */
function withTls(
  wish: Partial<CertificateWish> = {},
  before: (line: string) => string = (line) => `${line}\r\n`,
): Behaviour {
  const made = makeCertificate({ names: ['mx.here.example'], ...year, ...wish });
  const secureContext = createSecureContext({ cert: made.certificate, key: made.key });
  const plain = byVerb('220 mx.here.example ready', { ...GOOD, EHLO: '250-mx.here.example\r\n250 STARTTLS' });
  return {
    ...plain,
    onLine(line, socket) {
      if (line !== 'STARTTLS') return plain.onLine?.(line, socket);
      socket.removeAllListeners('data');
      socket.write(before('220 go ahead'));
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => {});
      const inside = byVerb('', { ...GOOD, EHLO: '250-mx.here.example\r\n250 AUTH PLAIN', RCPT: '550 5.1.1 unknown' });
      secure.on('data', (bytes: Buffer) => {
        for (const text of bytes.toString('latin1').split('\r\n').slice(0, -1)) inside.onLine?.(text, secure);
      });
    },
  };
}

describe('a visit', () => {
  it('takes every step in order on one connection, and says who asks', async () => {
    const seen = await visited(byVerb('220 mx.here.example ready', { ...GOOD, RCPT: '550 5.1.1 unknown' }));
    assert.deepEqual(seen.ended, { how: 'done' });
    assert.deepEqual(
      seen.heard.map((line) => line.split(/[ :]/)[0]),
      ['EHLO', 'HELP', 'VRFY', seen.steps.unknown?.command, 'MAIL', 'RCPT', 'RSET', 'QUIT'],
    );
    assert.ok(seen.heard.includes('MAIL FROM:<scan@probe.example>'));
    assert.ok(seen.heard.includes(`RCPT TO:<${seen.randomRecipient}>`));
    assert.match(seen.randomRecipient, /^nobody\w+@here\.example$/);
    assert.equal(seen.tls, undefined);
  });

  it('records both directions, and each step points at its own lines', async () => {
    const seen = await visited(byVerb('220 mx.here.example ready', GOOD));
    const [from, to] = seen.steps.ehlo?.at ?? [0, 0];
    assert.deepEqual(
      seen.lines.slice(from, to + 1).map((line) => `${line.from}: ${line.text}`),
      ['client: EHLO probe.example', 'server: 250-mx.here.example', 'server: 250-SIZE 1000', 'server: 250 HELP'],
    );
    assert.deepEqual(seen.lines[0], { from: 'server', text: '220 mx.here.example ready', at: seen.lines[0]?.at });
    assert.deepEqual(JSON.parse(JSON.stringify(seen)), seen);
  });

  it('provokes at most three errors: the unknown word is spared where HELP and VRFY were refused', async () => {
    const seen = await visited(
      byVerb('220 mx', { ...GOOD, HELP: '502 no', VRFY: '550 no', RCPT: '550 no', '*': '250 ok' }),
    );
    assert.equal(seen.steps.unknown, undefined);
    assert.equal(seen.steps.recipient?.reply.code, 550);
    assert.deepEqual(seen.ended, { how: 'done' });
    const errors = Object.values(seen.steps).filter((step) => step.reply.code >= 400);
    assert.equal(errors.length, 3);
  });

  it('falls back to HELO where EHLO is unknown', async () => {
    const seen = await visited(byVerb('220 mx', { ...GOOD, EHLO: '500 what?' }));
    assert.equal(seen.steps.helo?.command, 'HELO probe.example');
    assert.deepEqual(seen.ended, { how: 'done' });
  });

  it('stops at 421 and never comes back', async () => {
    await using server = await scriptedServer(byVerb('220 mx', { ...GOOD, VRFY: '421 4.7.0 too many errors' }));
    const same = tools();
    const seen = await visit.look(target(server), same);
    assert.deepEqual(seen.ended, { how: 'throttled', step: 'vrfy', detail: '421 4.7.0 too many errors' });
    assert.equal(server.heard.at(-1)?.slice(0, 4), 'VRFY');
    await assert.rejects(visit.look(target(server), same), { reason: 'throttled' });
    assert.equal(server.connections, 1);
  });

  for (const [greeting, how] of [
    ['554 5.7.1 blocked', 'rejected'],
    ['450 4.3.2 later', 'throttled'],
    ['421 busy', 'throttled'],
    ['250 what?', 'protocol'],
  ] as const) {
    it(`says nothing to a server that greets with ${greeting}`, async () => {
      const seen = await visited(byVerb(greeting, GOOD));
      assert.equal(seen.ended.how, how);
      assert.deepEqual(seen.heard, []);
    });
  }

  it('speaks only when the reply is complete', async () => {
    let early = false;
    const seen = await visited({
      greet(socket) {
        socket.write('220-wait\r\n');
        setTimeout(() => socket.write('220 ready\r\n'), 60);
        setTimeout(() => (early = socket.bytesRead > 0), 50);
      },
      onLine: byVerb('', GOOD).onLine!,
    });
    assert.equal(early, false);
    assert.deepEqual(seen.steps.greeting?.reply.lines, ['wait', 'ready']);
  });
});

describe('STARTTLS in a visit', () => {
  it('goes on inside TLS, with the certificate and what is wrong with it', async () => {
    const seen = await visited(withTls());
    assert.ok(seen.tls?.state === 'established');
    assert.equal(seen.tls.protocol, 'TLSv1.3');
    assert.equal(seen.tls.distrust, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    assert.equal(seen.tls.nameMatches, true);
    assert.equal(seen.tls.chain.length, 1);
    assert.deepEqual(seen.steps.ehloAfterTls?.reply.lines, ['mx.here.example', 'AUTH PLAIN']);
    assert.equal(seen.steps.recipient?.reply.status, '5.1.1');
    assert.deepEqual(seen.ended, { how: 'done' });
    const boundary = seen.lines.findIndex((line) => line.secure);
    assert.equal(seen.lines[boundary - 1]?.text, '220 go ahead');
    assert.ok(seen.lines.slice(boundary).every((line) => line.secure));
  });

  it('tells an expired certificate and a wrong name', async () => {
    const seen = await visited(
      withTls({ names: ['other.example'], notBefore: new Date(0), notAfter: new Date(86_400_000) }),
    );
    assert.ok(seen.tls?.state === 'established');
    assert.equal(seen.tls.nameMatches, false);
    assert.notEqual(seen.tls.distrust, null);
  });

  it('throws away what came behind the answer, and says so', async () => {
    const seen = await visited(withTls({}, (line) => `${line}\r\n250 injected\r\n`));
    assert.ok(seen.tls?.state === 'established');
    assert.equal(seen.tls.carriedOver, 1);
    assert.deepEqual(seen.steps.ehloAfterTls?.reply.lines, ['mx.here.example', 'AUTH PLAIN']);
  });

  it('goes on in clear where STARTTLS is offered and refused', async () => {
    const seen = await visited(byVerb('220 mx', { ...GOOD, EHLO: '250-mx\r\n250 STARTTLS', STARTTLS: '454 not now' }));
    assert.equal(seen.steps.starttls?.reply.code, 454);
    assert.equal(seen.tls, undefined);
    assert.deepEqual(seen.ended, { how: 'done' });
  });

  for (const [what, after] of [
    ['closes', (socket: import('node:net').Socket) => socket.end()],
    ['resets', (socket: import('node:net').Socket) => socket.resetAndDestroy()],
    ['sends garbage', (socket: import('node:net').Socket) => socket.write('no TLS at all, but some text\r\n')],
    ['falls silent', () => {}],
  ] as const) {
    it(`ends where the server ${what} in the middle of STARTTLS`, async () => {
      const plain = byVerb('220 mx', { ...GOOD, EHLO: '250-mx\r\n250 STARTTLS' });
      const seen = await visited(
        {
          ...plain,
          onLine(line, socket) {
            if (line !== 'STARTTLS') return plain.onLine?.(line, socket);
            socket.removeAllListeners('data');
            socket.write('220 go ahead\r\n');
            socket.once('data', () => after(socket));
          },
        },
        QUICK,
      );
      assert.equal(seen.tls?.state, 'failed');
      assert.equal(seen.ended.how, 'tls-failed');
      assert.equal(seen.steps.quit, undefined);
    });
  }
});

describe('port 465', () => {
  const submissions = (server: ScriptedServer) => {
    const { address, port } = server;
    return { ...target(server), port: 465, pinned: { address, port } };
  };

  it('gets TLS before the greeting, and is not asked for STARTTLS', async () => {
    const made = makeCertificate({ names: ['mx.here.example'], ...year });
    const secureContext = createSecureContext({ cert: made.certificate, key: made.key });
    const inside = byVerb('220 mx', { ...GOOD, EHLO: '250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN', RCPT: '530 log in' });
    await using server = await scriptedServer({
      greet(socket) {
        socket.removeAllListeners('data');
        const secure = new TLSSocket(socket, { isServer: true, secureContext });
        secure
          .on('error', () => {})
          .on('data', (bytes: Buffer) => {
            for (const line of bytes.toString('latin1').split('\r\n').slice(0, -1)) inside.onLine?.(line, secure);
          });
        inside.greet?.(secure);
      },
    });
    const seen = await visit.look(submissions(server), tools());
    assert.deepEqual([seen.implicitTls, seen.tls?.state, seen.ended.how], [true, 'established', 'done']);
    assert.ok(seen.lines.every(({ secure }) => secure));
    assert.equal(seen.steps.starttls, undefined);
    assert.equal(seen.steps.recipient?.reply.code, 530);
  });

  it('that speaks in clear is not reached', async () => {
    await using server = await scriptedServer(byVerb('220 mx', GOOD));
    await assert.rejects(visit.look(submissions(server), tools(QUICK)), { reason: 'tls-failed' });
  });
});

describe('what a visit missed', () => {
  const missed = (ended: VisitSeen['ended']) => [
    ...(visit.missed?.({ lines: [], steps: {}, randomRecipient: '', ended }) ?? []),
  ];

  it('is nothing where it was done, or where the server hung up at QUIT', () => {
    assert.deepEqual(missed({ how: 'done' }), []);
    assert.deepEqual(missed({ how: 'closed', step: 'quit' }), []);
  });

  it('is all from the step on at which it ended, with the reason', () => {
    assert.deepEqual(missed({ how: 'tls-failed', step: 'starttls', detail: 'no' }), [
      { part: 'the visit from STARTTLS on', reason: 'tls-failed', detail: 'no' },
    ]);
  });
});

describe('a bad server', () => {
  const say = (text: string): Behaviour => ({ greet: (socket) => socket.write(text, 'latin1') });
  const forever = (piece: string): Behaviour => ({
    greet(socket) {
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on('drain', more);
      more();
    },
  });

  for (const [what, behaviour, reason] of [
    ['sends nothing', {}, 'silent'],
    ['sends an endless line', forever('2'.repeat(1_000)), 'overlong'],
    ['sends endless 220- lines', forever('220-hold the line\r\n'), 'overlong'],
    ['speaks HTTP', say('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol'],
    ['sends NULs only', say('\0\0\0\0\r\n'), 'protocol'],
    ['closes at once', { greet: (socket) => socket.end() }, 'closed'],
    ['resets at once', { greet: (socket) => socket.resetAndDestroy() }, 'closed'],
    ['closes in mid greeting', { greet: (socket) => socket.end('220-hel') }, 'closed'],
  ] satisfies readonly (readonly [string, Behaviour, string])[]) {
    it(`that ${what} is ${reason}`, async () => assert.equal(await reasonOf(behaviour, QUICK), reason));
  }

  it('that sends a byte now and then runs into the deadline of the step', async () => {
    const drip: Behaviour = {
      greet(socket) {
        const timer = setInterval(() => socket.write('2'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    };
    assert.equal(await reasonOf(drip, QUICK), 'timeout');
  });

  it('that is slow at every step runs into the deadline of the visit', async () => {
    const slow: Behaviour = {
      greet: (socket) => socket.write('220 mx\r\n'),
      onLine: (_line, socket) => void setTimeout(() => socket.write('250 ok\r\n'), 200),
    };
    const seen = await visited(slow, { total: 600 });
    assert.equal(seen.ended.how, 'timeout');
  });

  it('that sends NULs and bytes that are no UTF-8 is read to the end', async () => {
    const seen = await visited(byVerb('220 m\0x \xff\xfe', { ...GOOD, HELP: '214 \xc3\x28\0' }));
    assert.deepEqual(seen.ended, { how: 'done' });
    assert.equal(seen.steps.greeting?.reply.lines[0], 'm\0x \xff\xfe');
    assert.deepEqual(seen.steps.greeting?.reply.oddities, ['nul']);
  });

  it('that answers with bare codes is read to the end', async () => {
    const seen = await visited(byVerb('220', { '*': '250', EHLO: '250', HELP: '214' }));
    assert.deepEqual(seen.ended, { how: 'done' });
  });

  it('that answers twice is left, since no answer can be told from the next', async () => {
    const seen = await visited(byVerb('220 mx', { ...GOOD, HELP: '214 one\r\n214 two' }));
    assert.equal(seen.ended.how, 'protocol');
  });

  it('that refuses the connection is refused', async () => {
    const server = await scriptedServer({});
    await server[Symbol.asyncDispose]();
    await assert.rejects(visit.look(target(server), tools()), { reason: 'refused' });
  });
});
