/** The unit and the container: every path in them leads to something, and what they start runs where it is started. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { run } from '../harness/command.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const unit = readFileSync(join(ROOT, 'deploy', 'mailward-edge.service'), 'utf8');
const dockerfile = readFileSync(join(ROOT, 'deploy', 'Dockerfile'), 'utf8');
const BUILT = join(ROOT, 'bin', 'mailward.js');
const NOBODY = 65_534;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-deploy-'));
  chmodSync(folder, 0o755);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The words of an instruction such as `CMD ["a", "b"]`. */
const wordsOf = (instruction: string): string[] =>
  JSON.parse(new RegExp(`${instruction}.*?(\\[.*\\])`).exec(dockerfile)?.[1] ?? '[]');

/** A configuration that needs nothing of the machine but a free port. */
function configIn(folder: string, listen: string): string {
  const file = join(folder, 'edge.yaml');
  writeFileSync(file, `listen: ["${listen}"]\nupstream: "127.0.0.1:9"\ndomains: [example.test]\nworkers: 2\n`);
  return file;
}

/** Its line of readiness; then it is told to end, and its exit code. `meanwhile` is done in between. */
async function served(
  child: ChildProcess,
  meanwhile = async () => {},
): Promise<{ readonly line: string; readonly code: number | null }> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const line = await Promise.race([
    once(createInterface({ input: child.stdout! }), 'line').then(([text]) => String(text)),
    ended.then(([code]) => Promise.reject(new Error(`it ended with ${code}: ${said}`))),
  ]);
  try {
    await meanwhile();
  } finally {
    child.kill('SIGTERM');
  }
  return { line, code: (await ended)[0] };
}

test('what the container is built from is there, and nothing else is sent to the builder', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(\S+) /gm)].map(([, from]) => from);
  assert.deepEqual(copied, ['.']);
  const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [first, ...others] = rules;
  assert.equal(first, '*');
  for (const rule of others.filter((one) => one.startsWith('!')))
    assert.ok(existsSync(join(ROOT, rule.slice(1))), rule);
  // `npm ci` builds by these, and the second stage takes these of what was built.
  const sent = (path: string) => others.includes(`!${path.split('/')[0]}`);
  for (const path of [
    'package.json',
    'package-lock.json',
    'scripts/build.ts',
    'tsconfig.json',
    'tsconfig.build.json',
    'src',
    'bin',
  ])
    assert.ok(sent(path), path);
  for (const [, from = ''] of dockerfile.matchAll(/^COPY --from=build \/build\/(\S+) /gm))
    assert.ok(['dist', 'node_modules'].includes(from) || sent(from), from);
});

test('what the container holds runs alone, as its user, and its health check knows', async (t) => {
  if (!existsSync(join(ROOT, 'dist'))) return t.skip('the program is not built: npm run build');
  const folder = folderOf(t);
  const app = join(folder, 'opt');
  for (const [, from = ''] of dockerfile.matchAll(/^COPY --from=build \/build\/(\S+) /gm))
    if (from !== 'node_modules') cpSync(join(ROOT, from), join(app, from), { recursive: true });
  // What `npm prune --omit=dev --omit=optional` leaves.
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: true; optional?: true }>;
  };
  for (const [path, { dev, optional }] of Object.entries(packages)) {
    if (path === '' || dev || optional || path.lastIndexOf('node_modules/') > 0) continue;
    mkdirSync(dirname(join(app, path)), { recursive: true });
    symlinkSync(join(ROOT, path), join(app, path));
  }
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const config = configIn(folder, '127.0.0.1:0');
  const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (process.getuid?.() === 0) chownSync(data, NOBODY, NOBODY);
  const [program, ...first] = wordsOf('ENTRYPOINT');
  assert.equal(program, 'mailward');
  const start = (args: readonly string[]) =>
    spawn(
      process.execPath,
      [
        join(app, 'bin', 'mailward.js'),
        ...args.map((word) => word.replace('/etc/mailward/edge.yaml', config).replace('/var/lib/mailward', data)),
      ],
      {
        cwd: app,
        env: { PATH: process.env['PATH'], NODE_ENV: 'production', MAILWARD_DATA: data },
        ...asUser,
      },
    );
  const health = wordsOf('HEALTHCHECK').slice(1);
  const { line, code } = await served(start([...first, ...wordsOf('\\nCMD')]), async () => {
    const [status] = await once(start(health), 'exit');
    assert.equal(status, 0, 'the health check');
  });
  assert.equal(JSON.parse(line).workers, 2);
  assert.equal(code, 0);
  const [after] = await once(start(health), 'exit');
  assert.equal(after, 3, 'nobody is there any more');
});

test('systemd finds nothing wrong with the unit', async (t) => {
  const there = await run('systemd-analyze', ['--version']).catch(() => null);
  if (there === null) return t.skip('systemd-analyze (package systemd) is not installed');
  const path = join(folderOf(t), 'mailward-edge.service');
  writeFileSync(path, unit.replaceAll('/usr/local/bin/mailward', '/bin/true'));
  const child = spawn('systemd-analyze', ['verify', path]);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  const [status] = await once(child, 'close');
  // Units of the machine itself may be at fault; ours must not be named.
  assert.doesNotMatch(said, /mailward/);
  assert.equal(status, 0, said);
});

/** Port 25 without root, with nothing of the machine to write but the state; the network is one of its own. */
const HARDENED = `set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro /
umask 077
shift
hard=$(ulimit -Hn)
[ "$hard" = unlimited ] || [ "$hard" -ge "$LIMIT" ] || LIMIT=$hard
exec prlimit --nofile="$LIMIT" setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --no-new-privs \\
  --bounding-set=-all,+net_bind_service --inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service "$@"`;

test('what the unit starts serves port 25 as nobody, with one capability and a disk that is read-only but for its state', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('to give up privileges wants root');
  if (!existsSync(join(ROOT, 'dist'))) return t.skip('the program is not built: npm run build');
  const tools = await run('sh', ['-c', 'command -v setpriv prlimit && unshare --mount --net true']).catch(() => null);
  if (tools === null) return t.skip('setpriv, prlimit and unshare (util-linux), or namespaces, are not to be had');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  assert.equal(setting('AmbientCapabilities'), 'CAP_NET_BIND_SERVICE');
  assert.equal(setting('CapabilityBoundingSet'), 'CAP_NET_BIND_SERVICE');
  const folder = folderOf(t);
  const state = join(folder, 'state');
  mkdirSync(state, { mode: 0o700 });
  chownSync(state, NOBODY, NOBODY);
  const config = configIn(folder, '0.0.0.0:25');
  const words = (line: string) =>
    line
      .split(' ')
      .slice(1)
      .map((word) => word.replace('/etc/mailward/edge.yaml', config).replace('/var/lib/mailward', state));
  const start = (line: string) =>
    spawn('unshare', ['--mount', '--net', 'sh', '-c', HARDENED, 'sh', state, process.execPath, BUILT, ...words(line)], {
      env: { PATH: process.env['PATH'], LIMIT: setting('LimitNOFILE') },
    });
  const [checked] = await once(start(setting('ExecReload')), 'exit');
  assert.equal(checked, 0);
  const { line, code } = await served(start(setting('ExecStart')));
  assert.equal(JSON.parse(line).listening[0].port, 25);
  assert.equal(code, 0);
  assert.ok(existsSync(join(state, 'log', 'edge.ndjson')));
  // A configuration that is wrong ends with the code by which the unit knows that trying again is vain.
  writeFileSync(config, 'upstream: 5\n');
  const [wrong] = await once(start(setting('ExecStart')), 'exit');
  assert.equal(String(wrong), setting('RestartPreventExitStatus'));
});
