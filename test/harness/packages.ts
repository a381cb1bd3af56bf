/**
 * Debian packages without installing them: each set of packages is downloaded once, with all that it depends on, and unpacked
 * into a folder of its own, as root or not. No maintainer script runs, so there are no users, no state folders and no generated
 * configuration: what a server wants of those, its start file in `servers/` makes.
 *
 * The cache lies in `$MAILWARD_CACHE`, else in `.cache/debian` of the checkout. Once it is filled no network is asked.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Apt, type Archive } from './apt.ts';
import { CommandError, run } from './command.ts';
import { withLock } from './lock.ts';

/** A folder that holds the files of a set of packages, as they would lie under `/`. */
export interface Unpacked {
  readonly kind: 'unpacked';
  readonly root: string;
  /** Debian version by package name, dependencies included. */
  readonly versions: Readonly<Record<string, string>>;
  /** Folders for `LD_LIBRARY_PATH`. */
  readonly libraries: readonly string[];
}

/** What a test wanted is not on this machine and cannot be had. */
export interface Missing {
  readonly kind: 'missing';
  /** A sentence for the person who runs the tests. */
  readonly reason: string;
}

/** Downloading and unpacking the largest set takes a minute on a slow line; waiting for another process that does it, longer. */
const LOCK_PATIENCE_MS = 10 * 60_000;

/** The folder where packages are kept. */
export function cacheFolder(): string {
  return process.env['MAILWARD_CACHE'] || join(import.meta.dirname, '..', '..', '.cache', 'debian');
}

const asked = new Map<string, Promise<Unpacked | Missing>>();

/** The named packages with what they depend on, less what every Debian machine has. Asks the network only for what the cache lacks. */
export function packages(names: readonly string[]): Promise<Unpacked | Missing> {
  const key = [...names].sort().join(' ');
  const known = asked.get(key) ?? provide(names);
  asked.set(key, known);
  return known;
}

async function provide(names: readonly string[]): Promise<Unpacked | Missing> {
  const cache = cacheFolder();
  const id = createHash('sha256')
    .update([...names].sort().join(' '))
    .digest('hex')
    .slice(0, 8);
  const root = join(cache, 'roots', `${names[0]}-${id}`);
  try {
    if (!existsSync(root)) {
      mkdirSync(join(cache, 'roots'), { recursive: true });
      await withLock(join(cache, 'lock'), LOCK_PATIENCE_MS, async () => {
        if (!existsSync(root)) await unpack(await archives(cache, id, names), root);
      });
    }
    return describe(root);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'missing', reason: `wants the Debian packages ${names.join(', ')}: ${why}` };
  }
}

/** The archives of a closure: those of the cache if they are all there and whole, else downloaded. */
async function archives(cache: string, id: string, names: readonly string[]): Promise<readonly Archive[]> {
  const list = join(cache, 'closures', `${id}.json`);
  const folder = join(cache, 'archives');
  await mkdir(join(cache, 'closures'), { recursive: true });
  await mkdir(folder, { recursive: true });
  if (existsSync(list)) {
    const known = JSON.parse(readFileSync(list, 'utf8')) as Archive[];
    if ((await damaged(folder, known)).length === 0) return located(folder, known);
  }
  const apt = await Apt.open(join(cache, 'apt'));
  const closure = await apt.closure(names);
  await apt.download(await damaged(folder, closure), folder);
  const bad = await damaged(folder, closure);
  if (bad.length > 0) throw new CommandError(`checksum of ${bad.map(({ file }) => file).join(', ')} is wrong`);
  await writeFile(list, JSON.stringify(closure, undefined, 1));
  return located(folder, closure);
}

const located = (folder: string, closure: readonly Archive[]): readonly Archive[] =>
  closure.map((archive) => ({ ...archive, file: join(folder, archive.file) }));

/** Archives that are absent or whose bytes are not those the package list promises. */
async function damaged(folder: string, closure: readonly Archive[]): Promise<readonly Archive[]> {
  const bad: Archive[] = [];
  for (const archive of closure) {
    const bytes = await readFile(join(folder, archive.file)).catch(() => undefined);
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== archive.sha256) bad.push(archive);
  }
  return bad;
}

async function unpack(closure: readonly Archive[], root: string): Promise<void> {
  const beside = `${root}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(join(beside, 'usr'), { recursive: true });
  for (const { file } of closure) await run('dpkg', ['-x', file, beside]);
  // Set-id bits mean nothing outside an installation, and with them the loader ignores LD_LIBRARY_PATH.
  await run('chmod', ['-R', 'u+rwX,ug-s', beside]);
  await mergeUsr(beside);
  const versions = Object.fromEntries(closure.map(({ name, version }) => [name, version]));
  await writeFile(join(beside, 'packages.json'), JSON.stringify(versions, undefined, 1));
  await rename(beside, root);
}

/** Moves `/lib`, `/bin` and `/sbin` of older packages to `/usr`, where an installed Debian has them by links. */
async function mergeUsr(root: string): Promise<void> {
  for (const name of ['lib', 'lib64', 'bin', 'sbin']) {
    if (!existsSync(join(root, name))) continue;
    await mkdir(join(root, 'usr', name), { recursive: true });
    await run('cp', ['-a', `${join(root, name)}/.`, join(root, 'usr', name)]);
    await rm(join(root, name), { recursive: true });
  }
}

function describe(root: string): Unpacked {
  const lib = join(root, 'usr', 'lib');
  const triplets = existsSync(lib) ? readdirSync(lib).filter((name) => /-linux-gnu[a-z0-9]*$/.test(name)) : [];
  return {
    kind: 'unpacked',
    root,
    versions: JSON.parse(readFileSync(join(root, 'packages.json'), 'utf8')),
    libraries: [lib, ...triplets.map((name) => join(lib, name))],
  };
}
