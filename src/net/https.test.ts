import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createFetch, type HttpOutcome } from './http.ts';
import { listen } from './listener.ts';
import { type CertificateWish, makeCertificate } from './tls-certificate.ts';

const DAY = 86_400_000;
const HOST = 'mta-sts.here.example';
const PATH = '/.well-known/mta-sts.txt';
const wish: CertificateWish = {
  names: [HOST],
  notBefore: new Date(Date.now() - DAY),
  notAfter: new Date(Date.now() + DAY),
};

async function read(
  handler: RequestListener,
  { certificate = wish, trusted = true, host = HOST, timeout = 20_000, bytes = 1_000 } = {},
): Promise<HttpOutcome> {
  const made = makeCertificate(certificate);
  const server = createServer({ cert: made.certificate, key: made.key }, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fetch = createFetch(trusted ? { roots: [made.certificate] } : {});
  try {
    return await fetch(`https://${host}${PATH}`, {
      connectTo: { address: '127.0.0.1', port },
      limits: { timeout, bytes, redirects: 0 },
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Whose fault it is that there is no document. */
function faultOf(outcome: HttpOutcome): string {
  assert.ok(outcome.kind === 'failed', outcome.kind);
  return outcome.fault.at;
}

test('a file is read from the place that was given, under its own name', async () => {
  let asked = '';
  const outcome = await read((request, response) => {
    asked = `${request.method} ${request.headers.host} ${request.url}`;
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('version: STSv1\n');
  });
  assert.equal(asked, `GET ${HOST} ${PATH}`);
  assert.ok(outcome.kind === 'found');
  assert.deepEqual([outcome.contentType, outcome.body.toString()], ['text/plain; charset=utf-8', 'version: STSv1\n']);
});

test('where none is followed, a redirect is told with where it leads', async () => {
  let requests = 0;
  const outcome = await read((_request, response) => {
    requests++;
    response.writeHead(301, { location: 'https://elsewhere.example/' }).end();
  });
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual(outcome.fault, { at: 'answer', status: 301, location: 'https://elsewhere.example/' });
  assert.equal(requests, 1);
});

test('another answer than the document is told by its status', async () => {
  const outcome = await read((_request, response) => response.writeHead(404).end());
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual(outcome.fault, { at: 'answer', status: 404, location: null });
});

test('a certificate that is not good for the name is told as such', async () => {
  const nothing: RequestListener = (_request, response) => response.end();
  const expired = { ...wish, notAfter: new Date(Date.now() - DAY / 2) };
  for (const [what, outcome] of [
    ['nobody vouches for it', await read(nothing, { trusted: false })],
    ['it is another name', await read(nothing, { host: 'other.example' })],
    ['it has expired', await read(nothing, { certificate: expired })],
  ] as const)
    assert.equal(faultOf(outcome), 'trust', what);
});

test('a server that stops in the middle ends in time, and nobody can say why', async () => {
  const outcome = await read((_request, response) => void response.write('version'), { timeout: 300 });
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual(outcome.fault, { at: 'reach', reason: 'timeout' });
});

test('a server that hangs up, sends too much, or speaks no TLS has nothing to read; a closed port is refused', async () => {
  assert.equal(faultOf(await read((request) => void request.socket.destroy())), 'content');
  assert.equal(faultOf(await read((_request, response) => response.end('x'.repeat(2_000)))), 'content');
  const plain = await listen({ address: '127.0.0.1', port: 0, onConnection: (socket) => socket.write('220 mx\r\n') });
  const fetch = createFetch();
  const connectTo = { address: '127.0.0.1', port: plain.port };
  assert.equal(faultOf(await fetch(`https://${HOST}/`, { connectTo })), 'content');
  await plain.close();
  const refused = await fetch(`https://${HOST}/`, { connectTo });
  assert.ok(refused.kind === 'failed');
  assert.deepEqual(refused.fault, { at: 'reach', reason: 'refused' });
});

test('whoever was stopped asks nobody', async () => {
  const outcome = await createFetch()(`https://${HOST}/`, { signal: AbortSignal.abort() });
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual(outcome.fault, { at: 'reach', reason: 'budget' });
});
