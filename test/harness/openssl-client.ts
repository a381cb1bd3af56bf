/** Debian's `openssl s_client`, led by a test: a client that shares no code with ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { until } from './dialogue.ts';
import { packages } from './packages.ts';

export interface OpensslClient {
  /** All that it printed. */
  readonly said: string;
  send(line: string): void;
  /** Waits until it has printed this, or throws. */
  sees(expected: RegExp): Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
  readonly ended: boolean;
}

/** Milliseconds that something is waited for. */
const PATIENCE = 20_000;

/** A starter of clients; null after the test was skipped for want of openssl. `args` stand behind `s_client`. */
export async function opensslFor(t: TestContext): Promise<((args: readonly string[]) => OpensslClient) | null> {
  const files = await packages(['openssl']);
  if (files.kind === 'missing') {
    if (process.env['MAILWARD_NO_SKIP'] === '1') throw new Error(files.reason);
    t.skip(files.reason);
    return null;
  }
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: files.libraries.join(':'),
    OPENSSL_CONF: join(files.root, 'etc/ssl/openssl.cnf'),
  };
  return (args) => {
    const child = spawn(join(files.root, 'usr/bin/openssl'), ['s_client', ...args], { env, timeout: 60_000 });
    const closed = once(child, 'close');
    let said = '';
    let ended = false;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => {
        said += bytes.toString('latin1');
      });
    void closed.then(() => {
      ended = true;
    });
    child.stdin.on('error', () => undefined);
    return {
      get said() {
        return said;
      },
      get ended() {
        return ended;
      },
      send: (line) => void child.stdin.write(`${line}\r\n`),
      async sees(expected) {
        await until(() => expected.test(said) || ended, PATIENCE).catch(() => undefined);
        if (!expected.test(said)) throw new Error(`${expected} is not in: ${said.slice(-2_000)}`);
      },
      async close() {
        child.kill('SIGKILL');
        await closed;
      },
    };
  };
}
