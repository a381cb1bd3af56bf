import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createFetch } from './http.ts';

const fetch = createFetch();
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a document comes with what makes the next request conditional, and is unchanged then', async () => {
  const base = await serve((request, response) => {
    if (request.headers['if-none-match'] === '"one"') return response.writeHead(304).end();
    return response.writeHead(200, { etag: '"one"', 'last-modified': 'Tue, 24 Nov 2026 10:00:00 GMT' }).end('{"a":1}');
  });
  const first = await fetch(base);
  assert.ok(first.kind === 'found');
  assert.equal(first.body.toString(), '{"a":1}');
  assert.equal(first.lastModified, 'Tue, 24 Nov 2026 10:00:00 GMT');
  assert.deepEqual(await fetch(base, { etag: first.etag }), { kind: 'unchanged' });
});

test('more bytes than are taken are not read, told or untold, packed or not', async () => {
  const limits = { bytes: 1000 };
  const told = await serve((_, response) => response.writeHead(200, { 'content-length': 5000 }).end('x'.repeat(5000)));
  assert.match(JSON.stringify(await fetch(told, { limits })), /5000 bytes/);
  const endless = await serve((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(500)));
    };
    response.on('drain', more);
    more();
  });
  assert.match(JSON.stringify(await fetch(endless, { limits })), /more than 1000 bytes/);
  const bomb = await serve((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000))),
  );
  assert.match(JSON.stringify(await fetch(bomb, { limits })), /unpacks to more/);
});

test('an answer that is cut off is no answer', async () => {
  const base = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half');
    setImmediate(() => response.destroy());
  });
  assert.equal((await fetch(base)).kind, 'failed');
});

test('redirects are followed a few times, and never to another scheme', async () => {
  const base = await serve((request, response) => {
    const to = {
      '/a': '/b',
      '/b': '/c',
      '/loop': '/loop',
      '/file': 'file:///etc/passwd',
      '/up': 'https://127.0.0.1:1/',
    }[request.url ?? ''];
    if (to === undefined) return response.end('there');
    return response.writeHead(302, { location: to }).end();
  });
  const landed = await fetch(`${base}/a`);
  assert.ok(landed.kind === 'found' && landed.url.endsWith('/c'));
  assert.match(JSON.stringify(await fetch(`${base}/loop`)), /more than 3 times/);
  assert.match(JSON.stringify(await fetch(`${base}/file`)), /another scheme/);
  assert.match(JSON.stringify(await fetch(`${base}/up`)), /another scheme/);
});

test('plain http leaves the machine for nobody, other schemes are not fetched', async () => {
  assert.match(JSON.stringify(await fetch('http://192.0.2.1/')), /plain http is not fetched/);
  assert.match(JSON.stringify(await fetch('file:///etc/passwd')), /is not fetched/);
});

test('a server that never answers is given up in time', async () => {
  const base = await serve(() => undefined);
  assert.match(JSON.stringify(await fetch(base, { limits: { timeout: 100 } })), /within 0.1 s/);
});

test('names are looked up by the resolver that is given', async () => {
  const base = await serve((_, response) => response.end('found'));
  const asked: string[] = [];
  const own = createFetch({
    addressesOf: async (name) => {
      asked.push(name);
      return ['127.0.0.1'];
    },
  });
  assert.equal((await own(base.replace('127.0.0.1', 'localhost'))).kind, 'found');
  assert.deepEqual(asked, ['localhost']);
});
