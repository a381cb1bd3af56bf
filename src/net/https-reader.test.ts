import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { systemClock } from './clock.ts';
import { createHttpsReader, type HttpsOutcome } from './https-reader.ts';
import { listen } from './listener.ts';
import { type CertificateWish, makeCertificate } from './tls-certificate.ts';

const DAY = 86_400_000;
const HOST = 'mta-sts.here.example';
const wish: CertificateWish = {
  names: [HOST],
  notBefore: new Date(Date.now() - DAY),
  notAfter: new Date(Date.now() + DAY),
};

async function read(
  handler: RequestListener,
  { certificate = wish, trusted = true, host = HOST, timeoutMs = 20_000, bytesMax = 1_000 } = {},
): Promise<HttpsOutcome> {
  const made = makeCertificate(certificate);
  const server = createServer({ cert: made.certificate, key: made.key }, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const roots = trusted ? { roots: [made.certificate] } : {};
  const reader = createHttpsReader({ clock: systemClock, timeoutMs, bytesMax, ...roots });
  try {
    return await reader({ host, address: '127.0.0.1', port, path: '/.well-known/mta-sts.txt' });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a file is read from the address that was given, under its name', async () => {
  let asked = '';
  const outcome = await read((request, response) => {
    asked = `${request.method} ${request.url} ${request.headers.host?.split(':')[0]}`;
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('version: STSv1\n');
  });
  assert.equal(asked, `GET /.well-known/mta-sts.txt ${HOST}`);
  assert.deepEqual(outcome, {
    kind: 'answer',
    status: 200,
    contentType: 'text/plain',
    location: null,
    body: 'version: STSv1\n',
    cut: false,
  });
});

test('a redirect is told and not followed', async () => {
  let requests = 0;
  const outcome = await read((_request, response) => {
    requests++;
    response.writeHead(301, { location: 'https://elsewhere.example/' }).end();
  });
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual([outcome.status, outcome.location, requests], [301, 'https://elsewhere.example/', 1]);
});

test('a body is read as far as the limit, however long it is', async () => {
  const outcome = await read((_request, response) => {
    const more = (): void => void response.write('x'.repeat(10_000), (fault) => fault == null && more());
    more();
  });
  assert.ok(outcome.kind === 'answer');
  assert.deepEqual([outcome.body.length, outcome.cut], [1_000, true]);
});

test('a certificate that is not good for the name is told as such', async () => {
  const nothing: RequestListener = (_request, response) => response.end();
  const expired = { ...wish, notAfter: new Date(Date.now() - DAY / 2) };
  for (const [what, outcome] of [
    ['nobody vouches for it', await read(nothing, { trusted: false })],
    ['it is another name', await read(nothing, { host: 'other.example' })],
    ['it has expired', await read(nothing, { certificate: expired })],
  ] as const)
    assert.equal(outcome.kind, 'distrusted', what);
});

test('a server that stops in the middle ends in time', async () => {
  const outcome = await read((_request, response) => void response.write('version'), { timeoutMs: 300 });
  assert.deepEqual(outcome, { kind: 'unreached', reason: 'timeout', detail: 'no answer within 0.3 s' });
});

test('a server that hangs up, or speaks no TLS, is broken; a closed port is refused', async () => {
  assert.equal((await read((request) => void request.socket.destroy())).kind, 'broken');
  const plain = await listen({
    address: '127.0.0.1',
    port: 0,
    onConnection: (socket) => socket.write('220 mx ESMTP\r\n'),
  });
  const place = { host: HOST, address: '127.0.0.1', port: plain.port, path: '/' };
  const reader = createHttpsReader({ clock: systemClock });
  assert.equal((await reader(place)).kind, 'broken');
  await plain.close();
  assert.deepEqual(await reader(place), { kind: 'unreached', reason: 'refused', detail: 'ECONNREFUSED' });
});

test('a scan that was stopped asks nobody', async () => {
  const stop = new AbortController();
  stop.abort();
  const reader = createHttpsReader({ clock: systemClock });
  const outcome = await reader({ host: HOST, address: '127.0.0.1', port: 9, path: '/' }, stop.signal);
  assert.ok(outcome.kind === 'unreached' && outcome.reason === 'budget');
});
