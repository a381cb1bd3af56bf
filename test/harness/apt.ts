import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, run } from './command.ts';

/** One package file, as the package list describes it. `file` is a bare name. */
export interface Archive {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

interface Listed extends Archive {
  readonly required: boolean;
}

/** Package lists older than this may name files that the mirror has dropped. */
const LISTS_FRESH_MS = 12 * 3600_000;
const UPDATE_TIMEOUT_MS = 3 * 60_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/** `apt` with package lists of its own, so that it needs no root and leaves the machine's as they are. */
export class Apt {
  readonly #options: readonly string[];
  readonly #listed: ReadonlyMap<string, Listed>;

  private constructor(options: readonly string[], listed: ReadonlyMap<string, Listed>) {
    this.#options = options;
    this.#listed = listed;
  }

  /** Reads the package lists, and fetches them first if `folder` has none or old ones. Throws `CommandError` if there is no apt or no mirror. */
  static async open(folder: string): Promise<Apt> {
    const state = join(folder, 'state');
    await mkdir(join(state, 'lists', 'partial'), { recursive: true });
    await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
    const options = [
      `Dir::State=${state}`,
      `Dir::State::lists=${join(state, 'lists')}`,
      'Dir::State::status=/dev/null', // as on an empty machine, so that the closure is whole
      `Dir::Cache=${join(folder, 'cache')}`,
      'APT::Sandbox::User=',
      'Debug::NoLocking=1',
      'APT::Update::Error-Mode=any',
      'Acquire::Retries=2',
      'Acquire::http::Timeout=15',
    ].flatMap((option) => ['-o', option]);
    const stamp = join(folder, 'updated');
    if (!existsSync(stamp) || Date.now() - (await stat(stamp)).mtimeMs > LISTS_FRESH_MS) {
      await run('apt-get', [...options, '-qq', 'update'], { timeoutMs: UPDATE_TIMEOUT_MS });
      await writeFile(stamp, '');
    }
    return new Apt(options, parseLists(await run('apt-cache', [...options, 'dumpavail'])));
  }

  /** The archives of `names` and all they depend on, less what every Debian machine has. */
  async closure(names: readonly string[]): Promise<readonly Archive[]> {
    const required = [...new Set([...this.#listed.values()].filter((one) => one.required).map(({ name }) => name))];
    const everywhere = new Set(await this.#wouldInstall(required));
    return (await this.#wouldInstall(names))
      .filter((file) => !everywhere.has(file))
      .map((file) => {
        const archive = this.#listed.get(file);
        if (archive === undefined) throw new CommandError(`the package lists do not describe ${file}`);
        const { name, version, sha256 } = archive;
        return { name, version, file, sha256 };
      });
  }

  async download(archives: readonly Archive[], folder: string): Promise<void> {
    if (archives.length === 0) return;
    const wanted = archives.map(({ name, version }) => `${name}=${version}`);
    await run('apt-get', [...this.#options, '-qq', 'download', ...wanted], {
      cwd: folder,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    });
  }

  async #wouldInstall(names: readonly string[]): Promise<readonly string[]> {
    const plan = ['-qq', '-y', '--no-install-recommends', '--print-uris', 'install', ...names];
    const printed = await run('apt-get', [...this.#options, ...plan]);
    return [...printed.matchAll(/^'[^']*' (\S+\.deb) /gm)].map(([, file]) => file!);
  }
}

/** Reads the stanzas of `apt-cache dumpavail` into archives by file name. */
function parseLists(text: string): ReadonlyMap<string, Listed> {
  const listed = new Map<string, Listed>();
  for (const stanza of text.split('\n\n')) {
    const field = (name: string): string => stanza.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1] ?? '';
    const [name, version, sha256] = [field('Package'), field('Version'), field('SHA256')];
    if (name === '' || sha256 === '') continue;
    // As apt names a downloaded file: an epoch's colon would be no file name everywhere.
    const file = `${name}_${version.replaceAll(':', '%3a')}_${field('Architecture')}.deb`;
    const required = field('Priority') === 'required' || field('Essential') === 'yes';
    listed.set(file, { name, version, file, sha256, required });
  }
  return listed;
}
