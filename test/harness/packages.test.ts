import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './command.ts';
import { withLock } from './lock.ts';
import { cacheFolder, packages } from './packages.ts';

test('a package lies unpacked with what it depends on, without set-id bits', async (t) => {
  const found = await packages(['sendmail-bin', 'sendmail-base', 'sendmail-cf', 'm4']);
  if (found.kind === 'missing' && process.env['MAILWARD_NO_SKIP'] !== '1') return t.skip(found.reason);
  assert.ok(found.kind === 'unpacked', 'reason' in found ? found.reason : '');
  assert.equal(statSync(join(found.root, 'usr/libexec/sendmail/sendmail')).mode & 0o6000, 0, 'setgid in the package');
  assert.ok(!existsSync(join(found.root, 'lib')));
  assert.ok('libldap-2.5-0' in found.versions);
  assert.ok(!('libc6' in found.versions), 'every Debian machine has it');
});

test('what is no package is missing, with a sentence that names it', async () => {
  const found = await packages(['no-such-package-of-mailward']);
  assert.ok(found.kind === 'missing');
  assert.match(found.reason, /^wants the Debian packages no-such-package-of-mailward: /);
});

test('without apt a package is missing from an empty cache, and found in a filled one', async (t) => {
  const filled = await packages(['ed']);
  if (filled.kind === 'missing' && process.env['MAILWARD_NO_SKIP'] !== '1') return t.skip(filled.reason);
  const empty = await mkdtemp(join(tmpdir(), 'mailward-cache-'));
  t.after(() => rm(empty, { recursive: true }));
  const script = `import { packages } from '${join(import.meta.dirname, 'packages.ts')}';
console.log(JSON.stringify(await packages(['ed'])));`;
  const kindIn = async (cache: string): Promise<string> => {
    const env = { MAILWARD_CACHE: cache, PATH: empty }; // no program is to be found there
    const said = await run(process.execPath, ['--input-type=module', '-e', script], { env });
    return (JSON.parse(said) as { kind: string }).kind;
  };
  assert.equal(await kindIn(empty), 'missing');
  assert.equal(await kindIn(cacheFolder()), 'unpacked');
});

test('two holders of a lock take turns', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mailward-lock-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'lock');
  const events: string[] = [];
  let free = (): void => {};
  const first = withLock(file, 5_000, async () => {
    events.push('first in');
    await new Promise<void>((resolve) => {
      free = resolve;
    });
    events.push('first out');
  });
  const second = withLock(file, 5_000, async () => {
    events.push('second in');
  });
  await assert.rejects(
    withLock(file, 50, async () => {}),
    /held by another process/,
  );
  free();
  await Promise.all([first, second]);
  assert.deepEqual(events, ['first in', 'first out', 'second in']);
});

test('a lock whose holder was killed is free', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mailward-lock-'));
  t.after(() => rm(folder, { recursive: true }));
  const [file, mark] = [join(folder, 'lock'), join(folder, 'held')];
  const script = `import { writeFileSync } from 'node:fs';
import { withLock } from '${join(import.meta.dirname, 'lock.ts')}';
await withLock('${file}', 1000, async () => { writeFileSync('${mark}', 'yes'); process.kill(process.pid, 'SIGKILL'); });`;
  await assert.rejects(run(process.execPath, ['--input-type=module', '-e', script]));
  assert.equal(readFileSync(mark, 'utf8'), 'yes');
  assert.equal(await withLock(file, 1_000, async () => 'mine'), 'mine');
});
