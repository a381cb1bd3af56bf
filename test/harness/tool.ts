/** Programs of Debian packages that need no server around them: generators, clients. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from './command.ts';
import { type Missing, packages } from './packages.ts';

export interface Tool {
  /** Runs it and returns what it prints; throws with its last words if it fails. */
  run(args: readonly string[], timeoutMs?: number): Promise<string>;
}

/** What a program needs for all that tests ask of it, and its package does not depend on: swaks speaks TLS by it. */
const BESIDES: Readonly<Record<string, readonly string[]>> = { swaks: ['libnet-ssleay-perl'] };

/** A program of a package, from the cache. Perl programs find the modules that come with them. */
export async function tool(package_: string, program: string): Promise<Tool | Missing> {
  const files = await packages([package_, ...(BESIDES[package_] ?? [])]);
  if (files.kind === 'missing') return files;
  const path = ['usr/sbin', 'usr/bin'].map((folder) => join(files.root, folder, program)).find(existsSync);
  if (path === undefined) return { kind: 'missing', reason: `${package_} has no ${program}` };
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [...files.libraries, join(files.root, 'usr/lib/postfix')].join(':'),
    PERL5LIB: [
      'usr/share/perl5',
      ...files.libraries.map((folder) => `${folder.slice(files.root.length + 1)}/perl5/5.36`),
    ]
      .map((folder) => join(files.root, folder))
      .join(':'),
  };
  return { run: (args, timeoutMs = 120_000) => run(path, args, { env, timeoutMs }) };
}

/** The tool, or null after the test was skipped with the reason; with `MAILWARD_NO_SKIP=1` it fails instead. */
export async function toolFor(t: TestContext, package_: string, program: string): Promise<Tool | null> {
  const found = await tool(package_, program);
  if (!('kind' in found)) return found;
  if (process.env['MAILWARD_NO_SKIP'] === '1') throw new Error(found.reason);
  t.skip(found.reason);
  return null;
}
