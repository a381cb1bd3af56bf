import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import { systemClock } from './clock.ts';
import { createDialler, readConnectError } from './dialler.ts';
import { listen } from './listener.ts';

describe('dialler', () => {
  it('connects, and elsewhere where it is told to', async () => {
    const server = await listen({ address: '127.0.0.1', port: 0, onConnection: (socket) => socket.end('here') });
    const dial = createDialler({
      clock: systemClock,
      redirect: (wanted) => (wanted.address === '192.0.2.1' ? { address: '127.0.0.1', port: server.port } : wanted),
    });
    const dialled = await dial({ address: '192.0.2.1', port: 25 }, { timeout: 5_000 });
    assert.ok(dialled.ok);
    assert.equal(dialled.socket.remotePort, server.port);
    dialled.socket.destroy();
    await server.close();
  });

  it('tells refused from filtered, unreachable and closed', () => {
    const reason = (code: string) => readConnectError(Object.assign(new Error(code), { code })).reason;
    assert.deepEqual(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET', 'ESTRANGE'].map(reason), [
      'refused',
      'filtered',
      'unreachable',
      'closed',
      'unreachable',
    ]);
  });

  it('does not dial when the run was stopped', async () => {
    const dial = createDialler({ clock: createFakeClock() });
    const dialled = await dial({ address: '127.0.0.1', port: 1 }, { timeout: 1, signal: AbortSignal.abort() });
    assert.equal(dialled.ok ? '' : dialled.reason, 'budget');
  });
});
