/** The proof ground itself: each real server starts, greets, tells its users from strangers, and puts a message into its mailbox. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { converse, send } from '../harness/client.ts';
import type { Missing } from '../harness/packages.ts';
import { arrived, type RunningServer, withServer } from '../harness/server.ts';
import { dovecot, servers } from '../harness/servers/index.ts';

const MESSAGE = 'From: <bob@example.test>\nTo: <alice@example.test>\nSubject: proof\n\nThis is the body.';

for (const server of servers) {
  test(`${server.product} takes a message to its mailbox and refuses an unknown user`, (t) =>
    withServer(t, server, {}, async (running) => {
      const replies = await send(
        running,
        'bob@example.test',
        ['nobody.here@example.test', 'alice@example.test'],
        MESSAGE,
      );
      const [greeting, , , stranger, known, , done] = replies;
      assert.match(greeting ?? '', /^220 mx\.example\.test ESMTP/);
      assert.match(stranger ?? '', /^5\d\d/);
      assert.match(known ?? '', /^250/);
      assert.match(done ?? '', /^250/);
      const [message] = await arrived(running, 'alice');
      assert.match(message ?? '', /^Subject: proof$/m);
      assert.match(message ?? '', /^This is the body\.$/m);
      assert.match(running.version, /^\d+\./);
    }));

  if (server.hides) {
    test(`${server.product} with a hidden greeting names itself neither at connect nor at QUIT`, (t) =>
      withServer(t, server, { banner: 'hidden' }, async (running) => {
        const [greeting, bye] = await converse(running, ['QUIT']);
        assert.match(greeting ?? '', /^220 mx\.example\.test ESMTP/);
        assert.doesNotMatch(`${greeting}${bye}`, new RegExp(server.product, 'i'));
        assert.ok(!greeting?.includes(running.version));
      }));
  } else {
    test(`${server.product} cannot hide its greeting`, (t) =>
      withServer(t, server, { banner: 'hidden' }, async (running) => {
        const [greeting] = await converse(running, []);
        assert.match(greeting ?? '', new RegExp(server.product, 'i'));
      }));
  }
}

test('a server that is stopped leaves neither process nor port behind', (t) =>
  withServer(t, servers[0], {}, async (running) => {
    await running.stop();
    await assert.rejects(converse(running, []), { code: 'ECONNREFUSED' });
  }));

test('Dovecot takes a message by LMTP', (t) =>
  withServer(t, dovecot, {}, async (running) => {
    const replies = await converse(running, [
      'LHLO client.example.test',
      'MAIL FROM:<bob@example.test>',
      'RCPT TO:<alice@example.test>',
      'DATA',
      `${MESSAGE.replaceAll('\n', '\r\n')}\r\n.`,
    ]);
    assert.match(replies.at(-1) ?? '', /^250/);
    const [message] = await arrived(running, 'alice');
    assert.match(message ?? '', /^Subject: proof$/m);
  }));

for (const product of ['Exim', 'Courier']) {
  test(`${product} goes, with its folder, when the process that started it is killed`, async (t) => {
    const server = servers.find((one) => one.product === product)!;
    const missing = await server.fetch();
    if (missing !== undefined && process.env['MAILWARD_NO_SKIP'] !== '1') return t.skip(missing.reason);
    const script = `import { servers } from '${import.meta.resolve('../harness/servers/index.ts')}';
const running = await servers.find(({ product }) => product === '${product}').start();
console.log(JSON.stringify(running));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const running = JSON.parse(line) as RunningServer | Missing;
    if ('kind' in running && process.env['MAILWARD_NO_SKIP'] !== '1') {
      child.kill('SIGKILL');
      return t.skip(running.reason);
    }
    assert.ok('folder' in running);
    child.kill('SIGKILL');
    for (const until = performance.now() + 15_000; existsSync(running.folder) && performance.now() < until; )
      await wait(50);
    assert.ok(!existsSync(running.folder));
    await assert.rejects(converse(running, []), { code: 'ECONNREFUSED' });
  });
}
