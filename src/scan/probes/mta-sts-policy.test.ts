import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { declaredZone } from '../../../test/harness/declared-zone.ts';
import { dnsTools } from '../../../test/harness/scan-tools.ts';
import { UnreachedError } from '../../finding/unreached.ts';
import { createFetch, type Fetch, type HttpOutcome } from '../../net/http.ts';
import { makeCertificate } from '../../net/tls-certificate.ts';
import { mtaStsPolicy } from './mta-sts-policy.ts';

const HOST = 'mta-sts.d.example';
const ZONE = `_mta-sts.d.example TXT "v=STSv1; id=1"\n${HOST} A 192.0.2.1\n${HOST} A 192.0.2.2\n${HOST} AAAA 2001:db8::1`;

function look(zone: string, http: Fetch) {
  return mtaStsPolicy.look({ domain: 'd.example' }, { ...dnsTools(declaredZone(zone)), http });
}

const nobody = (): Promise<HttpOutcome> => assert.fail('somebody was asked');
const unheard: HttpOutcome = { kind: 'failed', why: 'ECONNREFUSED', fault: { at: 'reach', reason: 'refused' } };

test('without a record nobody is asked for a policy', async () => {
  assert.deepEqual(await look('d.example TXT x', nobody), { state: 'not-asked' });
  assert.deepEqual(await look('_mta-sts.d.example TXT "v=spf1"', nobody), { state: 'not-asked' });
});

test('a host without an address is told, and one that DNS fails at is unreached', async () => {
  const record = '_mta-sts.d.example TXT "v=STSv1; id=1"';
  const seen = await look(record, nobody);
  assert.equal(seen.state, 'no-host');
  await assert.rejects(look(`${record}\n${HOST} ! servfail`, nobody), { reason: 'dns-servfail' });
});

test('a second address is tried where nobody is heard at the first, and no third', async () => {
  const tried: (string | undefined)[] = [];
  const http: Fetch = async (_url, wish) => {
    tried.push(wish?.connectTo?.address);
    return unheard;
  };
  await assert.rejects(look(ZONE, http), (fault) => fault instanceof UnreachedError && fault.reason === 'refused');
  assert.deepEqual(tried, ['192.0.2.1', '192.0.2.2']);
});

async function served(handler: RequestListener, trusted = true) {
  const day = 86_400_000;
  const made = makeCertificate({
    names: [HOST],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
  });
  const server = createServer({ cert: made.certificate, key: made.key }, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const http = createFetch(trusted ? { roots: [made.certificate] } : {});
  try {
    const pins = new Map([[HOST, { address: '127.0.0.1', port }]]);
    return await mtaStsPolicy.look({ domain: 'd.example', pins }, { ...dnsTools(declaredZone(ZONE)), http });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a policy is read whole from the host that its domain names', async () => {
  let asked = '';
  const seen = await served((request, response) => {
    asked = `${request.headers.host} ${request.url}`;
    response.writeHead(200, { 'content-type': 'text/plain' }).end('version: STSv1\n');
  });
  assert.equal(asked, `${HOST} /.well-known/mta-sts.txt`);
  assert.ok(seen.state === 'found');
  assert.deepEqual([seen.contentType, seen.body], ['text/plain', 'version: STSv1\n']);
});

test('what stands there instead is told apart', async () => {
  const states = [
    await served((_request, response) => response.writeHead(404).end()),
    await served((_request, response) => response.writeHead(302, { location: 'https://else.example/' }).end()),
    await served((_request, response) => response.end('x'.repeat(100_000))),
    await served((_request, response) => response.end('version: STSv1\n'), false),
    await served((request) => void request.socket.destroy()),
  ].map((seen) => ('detail' in seen ? `${seen.state} ${seen.status} ${seen.detail}` : seen.state));
  assert.equal(states[0], 'other-answer 404 the server answers 404');
  assert.equal(states[1], 'other-answer 302 it redirects elsewhere: https://else.example/');
  assert.match(states[2] ?? '', /^broken 0 it has 100000 bytes/);
  assert.match(states[3] ?? '', /^distrusted 0 self-signed/);
  assert.match(states[4] ?? '', /^broken 0 /);
});
