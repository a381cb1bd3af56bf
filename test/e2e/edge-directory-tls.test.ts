/** A directory inside TLS, Debian's slapd: it is held to what was set, no password goes where nobody was proven, and a lost connection is made anew whole. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { type DirectorySettings, openDirectory } from '../../src/apps/edge/directory.ts';
import { systemClock } from '../../src/net/clock.ts';
import { listenDns } from '../../src/net/dns-listener.ts';
import { makeCertificate } from '../../src/net/tls-certificate.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { converse } from '../harness/client.ts';
import { until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { type RunningServer, withServer } from '../harness/server.ts';
import { slapd } from '../harness/servers/slapd.ts';
import { tapWire } from '../harness/tapped-wire.ts';

const DAY = 86_400_000;
const NAME = 'ldap.example.test';
const during = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
const authority = makeCertificate({ names: ['Root of the test'], ...during, authority: true });
const stranger = makeCertificate({ names: ['Root of nobody'], ...during, authority: true });
const tls = makeCertificate({ names: [NAME], ...during, issuer: { ...authority, name: 'Root of the test' } });

const folder = mkdtempSync(join(tmpdir(), 'mailward-directory-'));
after(() => rmSync(folder, { recursive: true }));
const kept = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const asEdge = (passwordFile: string) => ({ name: 'cn=edge,dc=example,dc=test', passwordFile });
const trusted = {
  startTls: true,
  bind: asEdge(kept('password', 'secret\n')),
  authority: kept('authority.pem', authority.certificate),
  name: NAME,
  base: 'dc=example,dc=test',
  attributes: ['mail'],
};

interface Site {
  readonly running: RunningServer;
  /** Asks once, with settings of its own. */
  ask(change: Partial<DirectorySettings>): Promise<string>;
  readonly settings: DirectorySettings;
  /** What the directory was said to be. */
  readonly notes: string[];
}

const directory = slapd({ people: { anna: 'anna@example.test' } });

function withDirectory(t: TestContext, pair: typeof tls | null, body: (site: Site) => Promise<void>): Promise<void> {
  const options = { domain: 'example.test', accounts: [], ...(pair === null ? {} : { tls: pair }) };
  return withServer(t, directory, options, async (running) => {
    const notes: string[] = [];
    const settings = { ...trusted, url: `ldap://${running.address}:${running.port}` };
    const ask = async (change: Partial<DirectorySettings>) => {
      const asked = openDirectory({ ...settings, ...change }, systemClock, (state, detail) =>
        notes.push(`${state} ${detail}`.trim()),
      );
      const word = await asked.ask('anna@example.test');
      await asked.close();
      return word;
    };
    await body({ running, ask, settings, notes });
  });
}

test('TLS from the first byte on and StartTLS are held to authority and name; where they fail nobody is refused', (t) =>
  withDirectory(t, tls, async ({ running, ask, notes }) => {
    const ldaps = { url: `ldaps://${running.address}:${running.ports['ldaps']}`, startTls: false };
    for (const [way, change] of [
      ['ldaps', ldaps],
      ['StartTLS', {}],
    ] as const) {
      notes.length = 0;
      assert.equal(await ask(change), 'taken', way);
      assert.equal(await ask({ ...change, authority: kept('stranger.pem', stranger.certificate) }), 'unknown');
      assert.equal(await ask({ ...change, authority: undefined }), 'unknown');
      assert.equal(await ask({ ...change, name: 'other.example.test' }), 'unknown');
      assert.equal(await ask({ ...change, name: undefined }), 'unknown', 'the address of the URL is not in it');
      const said = notes.join('\n');
      assert.match(
        said,
        /^up\ndown .*\ndown .*\ndown .*altnames: Host: other\.example\.test.*\ndown .*IP: 127\./i,
        way,
      );
    }
  }));

test('where StartTLS is refused no password is sent, and no address', (t) =>
  withDirectory(t, null, async ({ running, ask, notes }) => {
    await using wire = await tapWire(running);
    assert.equal(await ask({ url: `ldap://${wire.address}:${wire.port}` }), 'unknown');
    assert.match(wire.heard, /1\.3\.6\.1\.4\.1\.1466\.20037/);
    assert.doesNotMatch(wire.heard, /secret|cn=edge|anna/);
    assert.match(notes.join(), /^down /);
  }));

/** A whole message that says there is no such entry, for the search to come, and the beginning of one that would swallow what follows. */
const FORGED = ['\x30\x0c\x02\x01\x03\x65\x07\x0a\x01\x00\x04\x00\x04\x00', '\x30\x82\x01\x00'];
for (const forged of FORGED) {
  test(`what somebody says in the clear behind the answer to StartTLS is not heard (${forged.length} bytes)`, (t) =>
    withDirectory(t, tls, async ({ running, ask }) => {
      let said = 0;
      await using wire = await tapWire(running, (text) => (said++ === 0 ? text + forged : text));
      assert.equal(await ask({ url: `ldap://${wire.address}:${wire.port}` }), 'taken');
    }));
}

test('an empty password is no password: nobody is asked in the name of nobody', (t) =>
  withDirectory(t, tls, async ({ ask, notes }) => {
    assert.equal(await ask({ bind: asEdge(kept('empty', '\n')) }), 'unknown');
    assert.match(notes.join(), /has no password in its first line/);
  }));

test('a connection that was lost is made anew as it was, and costs nobody a refusal', (t) =>
  withDirectory(t, tls, async ({ running, settings }) => {
    for (const startTls of [false, true]) {
      await using wire = await tapWire(running);
      const own = startTls ? {} : { authority: undefined, name: undefined };
      const url = `ldap://${wire.address}:${wire.port}`;
      const notes: string[] = [];
      const asked = openDirectory({ ...settings, ...own, url, startTls }, createFakeClock(), (state) =>
        notes.push(state),
      );
      for (let time = 0; time < 3; time++) {
        const words = await Promise.all(['anna', 'nobody'].map((name) => asked.ask(`${name}@example.test`)));
        assert.deepEqual(words, ['taken', 'refused'], startTls ? 'inside TLS' : 'in the clear');
        await wire.hangUp();
      }
      assert.equal(/secret|cn=edge|anna/.test(wire.heard), !startTls);
      assert.deepEqual(notes, ['up']);
      await asked.close();
    }
  }));

test('while slapd is away nobody is refused, and when it is back it is asked again', (t) =>
  withDirectory(t, tls, async ({ running, settings, notes }) => {
    const clock = createFakeClock();
    const asked = openDirectory(settings, clock, (state) => notes.push(state));
    assert.equal(await asked.ask('nobody@example.test'), 'refused');
    const { address, port } = running;
    await running.stop();
    assert.equal(await asked.ask('nobody@example.test'), 'unknown');
    await withServer(t, directory, { address, port, accounts: [], tls }, async () => {
      await clock.advance(5_000);
      assert.equal(await asked.ask('anna@example.test'), 'taken');
      await asked.close();
    });
    assert.deepEqual(notes, ['up', 'down', 'up']);
  }));

test('the edge finds its directory by the resolver that is set; while it is away who is not known yet hears "later", and nobody is refused', (t) =>
  withDirectory(t, tls, async ({ running }) => {
    await using sink = await mailSink();
    const zone = createZoneServer(readZone(`${NAME} A ${running.address}`));
    const dns = await listenDns('127.0.0.1', 0, zone);
    const ldap = [
      `url: "ldaps://${NAME}:${running.ports['ldaps']}", base: "dc=example,dc=test", authority: ${trusted.authority}`,
      `bind: { name: "${trusted.bind.name}", passwordFile: ${trusted.bind.passwordFile} }`,
    ];
    const config = `resolver: "127.0.0.1:${dns.port}"\nexempt: [127.0.0.0/8]\nrecipients: { ldap: { ${ldap.join(', ')} } }`;
    try {
      await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
        const hears = async (name: string) =>
          (await converse(edge, ['EHLO a.test', 'MAIL FROM:<a@sender.test>', `RCPT TO:<${name}@example.test>`])).at(-1);
        assert.match((await hears('anna')) ?? '', /^250 /);
        assert.match((await hears('nobody')) ?? '', /^550 5\.1\.1 /);
        await running.stop();
        assert.match((await hears('somebody')) ?? '', /^451 4\./);
        assert.match((await hears('anna')) ?? '', /^250 /, 'known from before');
        await until(async () => {
          const told = (await edge.events()).filter(({ event }) => event === 'directory').map(({ state }) => state);
          return told.join() === 'up,down';
        }, 10_000);
      });
    } finally {
      await dns.close();
    }
  }));

test('a password that only root could read is not forgotten once another user asks', (t) =>
  withDirectory(t, tls, async ({ running, settings }) => {
    await using wire = await tapWire(running);
    const file = kept('for-root', 'secret\n');
    const url = `ldap://${wire.address}:${wire.port}`;
    const asked = openDirectory({ ...settings, url, bind: asEdge(file) }, createFakeClock(), () => undefined);
    rmSync(file);
    for (let time = 0; time < 2; time++) {
      assert.equal(await asked.ask('anna@example.test'), 'taken');
      await wire.hangUp();
    }
    await asked.close();
  }));
