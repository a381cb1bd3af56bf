/** Started by root, the gateway opens its ports and is nobody special from then on; so are processes that take another's place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { send } from '../harness/client.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { startEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

const isRoot = process.getuid?.() === 0;
const nobody = Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1]);

for (const workers of [1, 2]) {
  test(`as ${workers} process${workers === 1 ? '' : 'es'}`, {
    skip: isRoot ? false : 'the test must be root to become somebody else',
  }, async (t) => {
    await using sink = await mailSink();
    const config = `workers: ${workers}\nuser: nobody\ngreetWait: 0s`;
    const folder = await mkdtemp(join(tmpdir(), 'mailward-user-'));
    t.after(() => rm(folder, { recursive: true }));
    // Whoever it becomes must find the way to its data.
    await chmod(folder, 0o711);
    const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config, data: join(folder, 'data') });
    const children = () =>
      readFileSync(`/proc/${edge.pid}/task/${edge.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    const rights = (pid: number) => {
      const told = readFileSync(`/proc/${pid}/status`, 'utf8');
      return ['Uid', 'Gid', 'CapEff'].map((name) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(told)?.[1]);
    };
    const deliver = async (): Promise<string | undefined> =>
      (await send(edge, 'a@sender.test', ['alice@example.test'], 'Subject: x\n\nx')).at(-1)?.slice(0, 3);
    try {
      assert.equal(edge.said.includes('runs as root'), false);
      for (const pid of [edge.pid, ...children()]) {
        const [uid, , capabilities] = rights(pid);
        assert.equal(Number(uid), nobody);
        assert.match(capabilities ?? '', /^0+$/);
      }
      assert.equal(await deliver(), '250');
      if (workers > 1) {
        process.kill(children()[0] as number, 'SIGKILL');
        await until(() => edge.said.includes('another takes its place') && children().length === workers, 10_000);
        // Each is asked by the greeting of one connection: the new one stands at the same door.
        for (let count = 0; count < 6; count++) {
          const client = await dialogue(edge.port);
          assert.match(await client.next(), /^220 /);
          client.close();
        }
        await until(() => children().every((pid) => Number(rights(pid)[0]) === nobody), 10_000);
      }
      assert.equal(await deliver(), '250');
    } finally {
      assert.equal(await edge.stop(), 0);
    }
  });
}

test('without a user to become it says that it runs as root', { skip: !isRoot }, async () => {
  await using sink = await mailSink();
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}` });
  assert.match(edge.said, /it runs as root, .* name a user in `user`/);
  assert.equal(await edge.stop(), 0);
});
