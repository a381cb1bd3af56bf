import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { kev, nvd } from '../../../../test/harness/feed-samples.ts';
import { systemClock } from '../../../net/clock.ts';
import { reportJson } from '../../../report/json.ts';
import type { Dossier } from '../../../scan/dossier.ts';
import { judge } from '../../../scan/judge.ts';
import { openSqlite } from '../../../store/sqlite.ts';
import { readOverlay } from '../../update/overlay.ts';
import type { Io } from '../io.ts';
import { main } from '../main.ts';

const NOW = '2026-11-25T08:00:00.000Z';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: Io = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: {},
    clock: systemClock,
    signal: new AbortController().signal,
  };
  const [out, err] = [text(stdout), text(stderr)];
  const code = await main(args, io);
  stdout.end();
  stderr.end();
  return { code, out: await out, err: await err };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-update-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function put(folder: string, name: string, value: unknown): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

test('an update is kept, told, and undone', () =>
  inFolder(async (folder) => {
    const data = join(folder, 'data');
    const feeds = join(folder, 'feeds');
    put(feeds, 'anything.json', nvd('CVE-2026-99999', { versionEndExcluding: '4.99.9' }));
    put(feeds, 'README.md', 'not a feed');
    const dry = await run('update', '--from', feeds, '--data', data, '--dry-run');
    assert.match(dry.out, /Would change:\n {2}1 new holes: CVE-2026-99999 \(exim\)/);
    assert.ok(!existsSync(data));
    assert.equal((await run('update', '--from', feeds, '--data', data)).code, 0);
    const asked = () => run('vulns', 'exim', '4.99.5', '--data', data, '--json');
    assert.match((await asked()).out, /CVE-2026-99999/);
    assert.match((await run('update', '--from', feeds, '--data', data)).out, /Nothing new/);
    assert.equal((await run('update', '--undo', '--data', data)).code, 0);
    assert.doesNotMatch((await asked()).out, /CVE-2026-99999/);
    assert.equal((await run('update', '--undo', '--data', data)).code, 2);
  }));

test('a bad feed beside a good one keeps its old rows, says why, and ends with 3', () =>
  inFolder(async (folder) => {
    const data = join(folder, 'data');
    put(join(folder, 'a'), 'kev.json', kev('CVE-2025-67896', 'CVE-2026-40685', 'CVE-2026-40686'));
    await run('update', '--from', join(folder, 'a'), '--data', data);
    put(join(folder, 'b'), 'kev.json', kev('CVE-2025-67896'));
    put(join(folder, 'b'), 'nvd.json', nvd('CVE-2026-99999', { versionEndExcluding: '4.99.9' }));
    const ran = await run('update', '--from', join(folder, 'b'), '--data', data);
    assert.equal(ran.code, 3);
    assert.match(ran.err, /kev\.json +refused: it has shrunk from 3 entries to 1; what was known before stays/);
    const { overlay } = readOverlay(data);
    assert.equal(Object.keys(overlay.kev).length, 3);
    assert.ok(overlay.rows['exim']?.['CVE-2026-99999']);
  }));

test('an overlay that cannot be read is left out and said so, never trusted in part', () =>
  inFolder(async (folder) => {
    put(join(folder, 'knowledge'), 'overlay.json', '{"schema":"mailward/knowledge-overlay/1","rows":{"exim":');
    const ran = await run('vulns', 'exim', '4.96', '--data', folder, '--json');
    assert.equal(ran.code, 0);
    assert.match(ran.err, /updates are left out/);
    assert.match(ran.out, /CVE-2023-42115/);
  }));

test('a build that an update brought has its name in identify and in vulns', () =>
  inFolder(async (folder) => {
    const entry = {
      cveNumber: 'CVE-2026-99996',
      product: 'Microsoft Exchange Server Subscription Edition RTM',
      releaseDate: '2026-11-10T08:00:00-07:00',
      impact: 'Remote Code Execution',
      kbArticles: [{ articleName: '5199999', fixedBuildNumber: '15.02.2562.099' }],
    };
    const seen = put(folder, 'seen.ndjson', { kind: 'http.header', text: 'X-OWA-Version: 15.2.2562.99' });
    const named = async () => JSON.parse((await run('identify', seen, '--data', folder)).out).release;
    assert.equal(await named(), 'SE RTM');
    const feed = put(folder, 'guide.json', { '@odata.count': 1, value: [entry] });
    assert.equal((await run('update', '--from', feed, '--data', folder)).code, 0);
    assert.equal(await named(), 'SE RTM Nov26SU');
    const told = JSON.parse((await run('vulns', 'exchange', '15.2.2562.99', '--data', folder, '--json')).out);
    assert.equal(told.build.name, 'Exchange Server SE RTM Nov26SU');
  }));

test('a bounded number of earlier states is kept', () =>
  inFolder(async (folder) => {
    for (let at = 0; at < 14; at++) {
      const path = put(
        folder,
        'feed.json',
        nvd(`CVE-2026-9900${String(at).padStart(2, '0')}`, { versionEndExcluding: '5' }),
      );
      await run('update', '--from', path, '--data', folder);
    }
    assert.equal(readdirSync(join(folder, 'knowledge', 'history')).length, 10);
  }));

test('feeds are fetched on condition, and one that fails leaves the others alone', () =>
  inFolder(async (folder) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers['if-none-match'] ?? ''}`);
      if (request.url?.startsWith('/tracker')) return response.writeHead(500).end();
      if (request.headers['if-none-match'] === '"7"') return response.writeHead(304).end();
      return response.writeHead(200, { etag: '"7"' }).end(JSON.stringify(kev('CVE-2025-67896')));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const update = () => run('update', '--feeds', 'kev,debian', '--mirror', mirror, '--data', folder);
    try {
      const first = await update();
      assert.equal(first.code, 3);
      assert.match(first.err, /debian +refused: the server answers 500/);
      assert.match(first.out, /1 now known to be exploited: CVE-2025-67896 \(exim\)/);
      assert.match((await update()).out, /kev +unchanged/);
      assert.match(asked[2] ?? '', /known_exploited_vulnerabilities\.json "7"/);
    } finally {
      server.close();
    }
  }));

/** A scan of one server that greets as Exim. */
function dossierOf(version: string): Dossier {
  const line = `mx.example ESMTP Exim ${version} Tue, 24 Nov 2026 08:00:00 +0000`;
  const greeting = { command: null, reply: { code: 220, lines: [line] }, at: [0, 1], took: 5 };
  const visit = {
    lines: [{ from: 'server', text: `220 ${line}`, at: 5 }],
    steps: { greeting },
    randomRecipient: 'nobody@example',
    ended: { how: 'done' },
  };
  return {
    target: 'example.com',
    depth: 'polite',
    startedAt: NOW,
    finishedAt: NOW,
    domain: {},
    servers: [
      {
        name: 'mx.example',
        preference: 10,
        addresses: ['192.0.2.1'],
        endpoints: [{ address: '192.0.2.1', port: 25, state: 'open', seen: { visit } }],
      },
    ],
    unreached: [],
  } as unknown as Dossier;
}

test("yesterday's scan answers today's hole: what is new is told, with exit code 1 at the threshold", () =>
  inFolder(async (folder) => {
    const records = openSqlite(folder);
    const dossier = dossierOf('4.99.4');
    const report = judge(dossier);
    const { target, depth, startedAt, finishedAt, grade } = report;
    const id = await records.addScan({
      target,
      depth,
      startedAt,
      finishedAt,
      grade,
      dossier,
      report: reportJson(report),
    });
    await records.close();
    const feed = put(folder, 'nvd.json', nvd('CVE-2026-99999', { versionEndExcluding: '4.99.9' }));
    const ran = await run('update', '--from', feed, '--data', folder, '--rejudge');
    assert.equal(ran.code, 1);
    assert.match(ran.out, /example\.com \(scan 1\):\n {2}new {2}critical {2}mx\.example:25: CVE-2026-99999 affected/);
    const again = await run('update', '--from', feed, '--data', folder, '--rejudge');
    assert.equal(again.code, 0);
    const kept = openSqlite(folder);
    assert.match(JSON.stringify((await kept.scan(id))?.report), /CVE-2026-99999/);
    await kept.close();
  }));
