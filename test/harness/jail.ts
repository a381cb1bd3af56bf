/**
 * Runs a server in a mount namespace where the files of its packages lie over the machine's `/usr` and `/etc`: it sees itself
 * installed, packages that conflict never meet, and nothing of the machine changes. The network is the machine's own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type CommandOptions, run } from './command.ts';
import type { Missing, Unpacked } from './packages.ts';

/**
 * How far this machine lets us go. `root`: we are root. `mapped`: a user namespace with a range of ids, so that a server can change
 * its user. `single`: a user namespace with one id, enough for servers that run as whoever starts them.
 */
export type Way = 'root' | 'mapped' | 'single';

const UNSHARE: Readonly<Record<Way, readonly string[]>> = {
  root: ['--mount', '--pid', '--fork', '--kill-child'],
  mapped: ['--user', '--map-root-user', '--map-auto', '--mount', '--pid', '--fork', '--kill-child'],
  single: ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child'],
};

let tried: Promise<readonly Way[]> | undefined;

/** The ways that work here, best first. */
export function ways(): Promise<readonly Way[]> {
  tried ??= (async () => {
    const candidates: readonly Way[] = process.getuid?.() === 0 ? ['root'] : ['mapped', 'single'];
    const works = candidates.map((way) =>
      run('unshare', [...UNSHARE[way], 'true'], { timeoutMs: 10_000 }).then(
        () => [way],
        () => [],
      ),
    );
    return (await Promise.all(works)).flat();
  })();
  return tried;
}

export interface JailPlan {
  readonly name: string;
  readonly files: Unpacked;
  /** Service users to be, each with a group of its own name. `mailu` owns the mailboxes and is always there. */
  readonly users: readonly { readonly name: string; readonly home?: string }[];
  /** Lines for `/etc/hosts`. */
  readonly hosts: readonly string[];
  /** The ways the server can live with. */
  readonly ways: readonly Way[];
}

/** What a plan's writer needs to know of the place where the server will run. */
export interface Place {
  readonly way: Way;
  /** A folder for this run alone; gone after it. `etc/` and `usr/` in it lie over those of the machine, `var/` is `/var`. */
  readonly folder: string;
}

export interface JailProgram {
  /** Texts to write, by path below the folder. */
  readonly texts: Readonly<Record<string, string>>;
  /** Shell lines that make folders and owners. `own USER PATH…` changes the owner where that is possible. */
  readonly setup: string;
  /** The shell line that becomes the server. It stays in the foreground. */
  readonly command: string;
}

export interface Jail {
  readonly folder: string;
  /** Runs a program beside the server and returns what it prints. */
  exec(program: string, args: readonly string[], options?: CommandOptions): Promise<string>;
  /** What the server printed. */
  output(): Promise<string>;
  /** Settles when the server has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** Ends the server and all its children, and removes the folder. */
  stop(): Promise<void>;
}

const FIRST_ID = 901;
export const MAIL_USER = 'mailu';
const MAIL_ID = 950;
const SINGLE_ID = 1000;

/** Starts a server, or says why it cannot be. The promise is fulfilled when its process runs, not when it greets. */
export async function openJail(plan: JailPlan, write: (place: Place) => JailProgram): Promise<Jail | Missing> {
  const way = (await ways()).find((one) => plan.ways.includes(one));
  if (way === undefined) return { kind: 'missing', reason: noWay(plan) };
  const folder = await mkdtemp(join(tmpdir(), `mailward-${plan.name}-`));
  await chmod(folder, 0o755);
  const program = write({ way, folder });
  const texts = { ...etc(plan, way), ...program.texts, 'init.sh': script(plan, way, folder, program) };
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o644 });
  }
  await mkdir(join(folder, 'var'), { recursive: true });
  await copyFile('/etc/services', join(folder, 'etc/services')).catch(() => {}); // absent on slim machines: netbase brings it
  // Our end of its standard input is its leash: when this process goes, in whatever way, the server goes too.
  // A session of its own keeps Ctrl-C and signals to our group from cutting the leash at the wrong end.
  const child = spawn('unshare', [...UNSHARE[way], 'sh', join(folder, 'init.sh')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  return inside(child, plan.name, way, folder);
}

async function inside(child: ChildProcess, name: string, way: Way, folder: string): Promise<Jail> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  child.stdin?.on('error', () => {});
  const gone = once(child, 'exit').then(async () => {
    await rm(folder, { recursive: true, force: true }).catch(() => {}); // the script has done it, unless it was killed
  });
  const lines = createInterface({ input: child.stdout! });
  const pid = await Promise.race([
    once(lines, 'line').then(([line]) => Number(line)),
    gone.then(() => Promise.reject(new Error(`${name} could not be set up: ${said.trim()}`))),
  ]);
  // The script's second line says that the server has ended; its files stay until `stop`, so that the log can be read.
  const ended = Promise.race([once(lines, 'line'), gone]).then(() => {});
  const enter = ['--target', String(pid), '--mount', '--pid'];
  if (way !== 'root') enter.push('--user', '--preserve-credentials');
  return {
    folder,
    ended,
    exec: (program, args, options) => run('nsenter', [...enter, '--', program, ...args], options),
    output: async () => said + (await readFile(join(folder, 'output'), 'utf8').catch(() => '')),
    async stop() {
      child.stdin?.end();
      await gone;
    },
  };
}

function noWay({ name, ways: needed }: JailPlan): string {
  if (process.getuid?.() === 0) return `${name} wants a mount namespace, and this machine lets root have none`;
  return needed.includes('single')
    ? `${name} wants a user namespace (unshare -Urm), which this machine forbids, or root`
    : `${name} wants a user namespace with a range of ids (package uidmap, a line in /etc/subuid), or root`;
}

function etc(plan: JailPlan, way: Way): Record<string, string> {
  const users = [...plan.users, { name: MAIL_USER, home: '/' }].map(({ name, home = '/nonexistent' }, index) => ({
    name,
    home,
    id: way === 'single' ? SINGLE_ID : name === MAIL_USER ? MAIL_ID : FIRST_ID + index,
  }));
  const others = (file: string): string[] => {
    const names = new Set(users.map(({ name }) => name));
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !names.has(line.split(':')[0]!));
  };
  const lines = (text: readonly string[]): string => `${text.join('\n')}\n`;
  return {
    'etc/passwd': lines([
      ...users.map(({ name, id, home }) => `${name}:x:${id}:${id}::${home}:/usr/sbin/nologin`),
      ...others('/etc/passwd'),
    ]),
    'etc/group': lines([...users.map(({ name, id }) => `${name}:x:${id}:`), ...others('/etc/group')]),
    'etc/hosts': lines(['127.0.0.1 localhost', ...plan.hosts]),
    'etc/nsswitch.conf': lines(['passwd: files', 'group: files', 'hosts: files', 'services: files', 'aliases: files']),
    'etc/resolv.conf': '', // no name of a test may leave the machine
  };
}

/** The first process of the namespace: lays the files, starts the server, and ends all when the leash is let go. */
function script(plan: JailPlan, way: Way, folder: string, { setup, command }: JailProgram): string {
  const root = plan.files.root;
  const as = way === 'single' ? `unshare --user --map-user=${SINGLE_ID} --map-group=${SINGLE_ID}` : '';
  return `set -e
exec 3<&0 </dev/null
mkdir -p '${folder}/usr/bin'
chmod -R a+rX,u+x '${folder}/usr/bin'
read -r pid rest </proc/self/stat
mount -t overlay o -o 'lowerdir=${folder}/usr:${root}/usr:/usr' /usr
mount -t overlay o -o 'lowerdir=${folder}/etc:${root}/etc:/etc' /etc
mkdir -p '${folder}/var/run' '${folder}/var/tmp' '${folder}/var/log' '${folder}/var/spool' '${folder}/var/lib' '${folder}/run'
mount --bind '${folder}/var' /var
mount --bind '${folder}/run' /run
mount -t proc p /proc 2>/dev/null || :
cd '${folder}'
own() { ${way === 'single' ? ':' : 'chown -R "$@"'}; }
${setup}
set +e
${as} ${command} >'${folder}/output' 2>&1 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -TERM $server; sleep 5; kill -KILL $server; } 2>/dev/null &
echo "$pid"
wait $server
echo "ended with status $?" >>'${folder}/output'
kill -KILL -1
echo ended
cat <&3 >/dev/null
rm -rf '${folder}'
`;
}
