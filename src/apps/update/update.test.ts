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
import { gzipSync } from 'node:zlib';
import { embeddedHoles } from '../../knowledge/load-vulnerabilities.ts';
import { systemClock } from '../../net/clock.ts';
import { vulnerabilitiesOf } from '../../platform/vulnerable.ts';
import { reportJson } from '../../report/json.ts';
import type { Dossier } from '../../scan/dossier.ts';
import { judge } from '../../scan/judge.ts';
import { openSqlite } from '../../store/sqlite.ts';
import type { Io } from '../cli/io.ts';
import { main } from '../cli/main.ts';
import { applyFeeds, shrunken } from './apply.ts';
import { feedContext } from './context.ts';
import type { FeedReading } from './feed.ts';
import { EMPTY_OVERLAY, layOver, mergeRow, readOverlay } from './overlay.ts';
import { readFeed } from './read-feed.ts';

const base = embeddedHoles();
const context = feedContext(base);
const NOW = '2026-11-25T08:00:00.000Z';

function read(value: unknown): FeedReading {
  return readFeed(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), context);
}

function kev(...ids: readonly string[]) {
  const vulnerabilities = ids.map((cveID) => ({ cveID, dateAdded: '2026-11-20', dueDate: '2026-12-01' }));
  return { catalogVersion: '2026.11.20', count: ids.length, vulnerabilities };
}

/** NVD's page with one record about Exim. */
function nvd(id: string, match: object, more: object = {}) {
  const cpeMatch = [{ vulnerable: true, criteria: 'cpe:2.3:a:exim:exim:*:*:*:*:*:*:*:*', ...match }];
  const cve = {
    id,
    published: '2026-11-20T10:00:00.000',
    vulnStatus: 'Analyzed',
    descriptions: [{ lang: 'en', value: 'A made-up hole\nin the queue.' }],
    metrics: {
      cvssMetricV31: [
        { type: 'Primary', cvssData: { baseScore: 9.8, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' } },
      ],
    },
    weaknesses: [{ description: [{ value: 'CWE-787' }] }],
    configurations: [{ nodes: [{ operator: 'OR', negate: false, cpeMatch }] }],
    ...more,
  };
  return { resultsPerPage: 1, startIndex: 0, totalResults: 1, format: 'NVD_CVE', vulnerabilities: [{ cve }] };
}

function laid(...feeds: readonly unknown[]) {
  const batches = feeds.map((value) => {
    const reading = read(value);
    assert.ok(reading.ok, reading.ok ? '' : reading.why);
    return { feed: reading.feed, parts: [reading.rows], whole: true };
  });
  return layOver(base, applyFeeds(EMPTY_OVERLAY, batches, NOW));
}

function statusOf(knowledge: ReturnType<typeof laid>, product: string, version: string, id: string) {
  const answer = vulnerabilitiesOf({ product, version, subject: 'x' }, knowledge, '2026-11-25');
  return answer.vulnerabilities.find((hole) => hole.id === id);
}

test('a new hole of NVD is judged by its range, with its score and one line of its text', () => {
  const knowledge = laid(nvd('CVE-2026-99999', { versionStartIncluding: '4.97', versionEndExcluding: '4.99.9' }));
  const hole = statusOf(knowledge, 'exim', '4.98', 'CVE-2026-99999');
  assert.equal(hole?.status, 'affected');
  assert.equal(hole?.severity, 'critical');
  assert.equal(hole?.unauthenticated, true);
  assert.equal(hole?.gain, 'A made-up hole in the queue.');
  assert.equal(statusOf(knowledge, 'exim', '4.99.9', 'CVE-2026-99999')?.status, 'not-affected');
});

test('a record without CPE names is read by the ranges of the vendor', () => {
  const affected = [
    {
      affectedData: [
        {
          vendor: 'Open-Xchange GmbH',
          product: 'OX Dovecot CE',
          versions: [{ version: '2.4.0', lessThan: '2.4.9', status: 'affected' }],
        },
      ],
    },
  ];
  const knowledge = laid(nvd('CVE-2026-99998', {}, { configurations: [], affected }));
  assert.equal(statusOf(knowledge, 'dovecot', '2.4.5', 'CVE-2026-99998')?.fixedIn, '2.4.9');
});

test('a record of the CVE list is taken like one of NVD', () => {
  const versions = [{ version: '0', lessThan: '3.11.9', status: 'affected' }];
  const knowledge = laid({
    dataType: 'CVE_RECORD',
    cveMetadata: { cveId: 'CVE-2026-99997', state: 'PUBLISHED', datePublished: '2026-11-01T00:00:00Z' },
    containers: {
      cna: {
        affected: [{ vendor: 'Postfix', product: 'Postfix', versions }],
        descriptions: [{ lang: 'en', value: 'x' }],
      },
    },
  });
  assert.equal(statusOf(knowledge, 'postfix', '3.10.1', 'CVE-2026-99997')?.status, 'affected');
});

test('a feed never takes a curated range away, with or without ranges of its own', () => {
  const before = statusOf(laid(kev('CVE-2018-6789')), 'exim', '4.90_1', 'CVE-2018-6789');
  assert.equal(before?.status, 'not-affected');
  const wider = laid(nvd('CVE-2018-6789', { versionEndExcluding: '9.9' }), nvd('CVE-2018-6789', {}));
  assert.equal(statusOf(wider, 'exim', '4.90_1', 'CVE-2018-6789')?.status, 'not-affected');
  const row = { id: 'CVE-1', sources: ['a'], ranges: [{ fixed: '2' }] };
  assert.deepEqual(mergeRow(row, { id: 'CVE-1', sources: ['b'], ranges: [] }).ranges, row.ranges);
});

test('the catalogue of exploited holes sets the flag, and a hole of unknown score becomes high', () => {
  const known = statusOf(laid(kev('CVE-2025-67896')), 'exim', '4.98', 'CVE-2025-67896');
  assert.equal(known?.knownExploited, true);
  assert.equal(statusOf(laid(kev('CVE-2021-10001')), 'exim', '4.98', 'CVE-2025-67896')?.knownExploited, false);
});

test("Debian's tracker decides for a revision: mended, open, and never there", () => {
  const release = (told: object) => ({
    releases: { bookworm: { urgency: 'x', repositories: { bookworm: '3.7.11-0+deb12u1' }, ...told } },
  });
  const knowledge = laid({
    postfix: {
      'CVE-2026-43964': release({ status: 'resolved', fixed_version: '3.7.11-0+deb12u2' }),
      'CVE-2026-90001': release({ status: 'open' }),
      'CVE-2026-90002': release({ status: 'resolved', fixed_version: '0' }),
    },
  });
  const judged = (revision: string) => {
    const question = { product: 'postfix', package: { source: 'postfix', revision }, subject: 'x' };
    const { vulnerabilities } = vulnerabilitiesOf(question, knowledge, '2026-11-25');
    return new Map(vulnerabilities.map((hole) => [hole.id, hole.status]));
  };
  assert.equal(judged('3.7.11-0+deb12u1').get('CVE-2026-43964'), 'affected');
  assert.equal(judged('3.7.11-0+deb12u2').get('CVE-2026-43964'), 'not-affected');
  assert.equal(judged('3.7.11-0+deb12u1').get('CVE-2026-90001'), 'affected');
  assert.equal(judged('3.7.11-0+deb12u1').get('CVE-2026-90002'), 'not-affected');
});

test("Microsoft's list brings the line, the build and its name", () => {
  const entry = (product: string, build: string) => ({
    cveNumber: 'CVE-2026-99996',
    product,
    releaseDate: '2026-11-10T08:00:00-07:00',
    impact: 'Remote Code Execution',
    kbArticles: [{ articleName: '5199999', fixedBuildNumber: build }],
  });
  const knowledge = laid({
    '@odata.count': 2,
    value: [
      entry('Microsoft Exchange Server 2019 Cumulative Update 15', '15.02.1748.099'),
      entry('Microsoft Exchange Server Subscription Edition RTM', '15.02.2562.099'),
    ],
  });
  assert.equal(statusOf(knowledge, 'exchange', '15.2.1748.49', 'CVE-2026-99996')?.status, 'affected');
  assert.equal(statusOf(knowledge, 'exchange', '15.2.2562.99', 'CVE-2026-99996')?.status, 'not-affected');
  const named = vulnerabilitiesOf(
    { product: 'exchange', version: 'SE RTM Nov26SU', subject: 'x' },
    knowledge,
    '2026-11-25',
  );
  assert.ok(named.build !== null && 'kb' in named.build && named.build.kb === 'KB5199999');
});

test('OSV knows Debian by its number and other packages by their registry', () => {
  const knowledge = laid({
    vulns: [
      {
        id: 'GHSA-0000',
        aliases: ['CVE-2026-99995'],
        affected: [
          {
            package: { ecosystem: 'Packagist', name: 'roundcube/roundcubemail' },
            ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '1.7.0' }, { fixed: '1.7.9' }] }],
          },
        ],
      },
    ],
  });
  assert.equal(statusOf(knowledge, 'roundcube', '1.7.3', 'CVE-2026-99995')?.fixedIn, '1.7.9');
});

test('support dates and scores are laid over what is known', () => {
  const knowledge = laid(
    {
      schema_version: '1.2.1',
      result: { name: 'exim', releases: [{ name: '4.99', isEol: true, eolFrom: '2026-11-01' }] },
    },
    '#model_version:v1,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\nCVE-2025-67896,0.25,0.9\nCVE-1999-99999,0.5,0.9\n',
  );
  const answer = vulnerabilitiesOf({ product: 'exim', version: '4.99.0', subject: 'x' }, knowledge, '2026-11-25');
  assert.equal(answer.supportEnded, '2026-11-01');
  assert.equal(answer.vulnerabilities.find((hole) => hole.id === 'CVE-2025-67896')?.epss, 0.25);
});

/** Feeds that are not believed, and what is said. */
const hostile: readonly (readonly [string, Uint8Array | string | object, RegExp])[] = [
  ['empty', '', /empty/],
  ['blank', '  \n', /empty/],
  ['cut off', JSON.stringify(kev('CVE-2026-10001', 'CVE-2026-10002')).slice(0, -20), /no whole JSON/],
  ['with fewer entries than it says', { ...kev('CVE-2026-10001'), count: 1700 }, /says that it holds 1700/],
  ['without entries', kev(), /no entries/],
  ['with an id that is none', kev('CVE-2026-1; rm -rf'), /not the shape/],
  ['with a number for a list', { catalogVersion: 'x', count: 1, vulnerabilities: 7 }, /not the shape/],
  ['a list of nothing known', [1, 2, 3], /no feed that is known/],
  ['HTML', '<!doctype html><title>Login</title>', /no whole JSON/],
  ['bytes that are no text', Uint8Array.of(0x7b, 0xff, 0xfe), /no UTF-8/],
  ['packed and cut off', gzipSync('{"a":1}').subarray(0, 15), /./],
  [
    'a score of 7',
    { 'status-code': 200, total: 1, data: [{ cve: 'CVE-2026-10001', epss: '7', date: '2026-11-24' }] },
    /between 0 and 1/,
  ],
  [
    'EPSS cut off in a row',
    '#model_version:v1,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\nCVE-2025-67896,0.2',
    /cut off/,
  ],
  ['NVD with more than it says', { ...nvd('CVE-2026-99999', {}), totalResults: 0 }, /0 entries in all/],
];
for (const [what, bytes, why] of hostile) {
  test(`a feed that is ${what} is refused`, () => {
    const reading = bytes instanceof Uint8Array ? readFeed(bytes, context) : read(bytes);
    assert.ok(!reading.ok);
    assert.match(reading.why, why);
  });
}

test('a packed bomb and a name that would change every object do no harm', () => {
  const packed = gzipSync(Buffer.alloc(200 * 1024 * 1024));
  const bomb = readFeed(packed, context);
  assert.ok(!bomb.ok);
  assert.match(bomb.why, /unpacks to more/);
  assert.ok(!read('{"__proto__":{"polluted":1},"catalogVersion":1}').ok);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test('a feed that has shrunk is not believed', () => {
  const ten = Array.from({ length: 10 }, (_, at) => `CVE-2026-1000${at}`);
  const batch = (ids: readonly string[]) => {
    const reading = read(kev(...ids));
    assert.ok(reading.ok);
    return { feed: reading.feed, parts: [reading.rows], whole: true };
  };
  const overlay = applyFeeds(EMPTY_OVERLAY, [batch(ten)], NOW);
  assert.equal(shrunken(overlay, batch(ten.slice(0, 9))), null);
  assert.match(shrunken(overlay, batch(ten.slice(0, 3))) ?? '', /shrunk from 10 entries to 3/);
});

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
