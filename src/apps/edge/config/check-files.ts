import { statSync } from 'node:fs';
import { CertificateFault, goodUntil, readCertificates, readRoots } from '../certificate.ts';
import { passwordIn } from '../directory.ts';
import { idsOf } from '../privileges.ts';
import { readBounceKeys } from './bounce-keys.ts';
import type { EdgeConfig } from './config-schema.ts';
import { readAddresses, readNetworks } from './controls.ts';
import type { UpstreamRoutes } from './settings/upstream.ts';

/** Something wrong with a file that a configuration names. */
export interface FileFault {
  /** The setting that names it. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What is wrong with the files that a configuration names: what a start or a reload would stumble over, or peers would. */
export function checkFiles(config: EdgeConfig, now: number): FileFault[] {
  const { list, traps, ldap } = config.recipients;
  return [
    faultOf(['lists', 'allow'], () => readNetworks(config.lists.allow)),
    faultOf(['lists', 'deny'], () => readNetworks(config.lists.deny)),
    faultOf(['recipients', 'list'], () => list && readAddresses(list)),
    faultOf(['recipients', 'traps'], () => traps && readAddresses(traps)),
    faultOf(['bounceTags', 'keys'], () => config.bounceTags && readBounceKeys(config.bounceTags.keys)),
    faultOf(['tls'], () => certificatesAreGood(config, now)),
    faultOf(['data'], () => isOf('folder', config.data)),
    faultOf(['log'], () => isOf('file', config.log.file)),
    faultOf(['user'], () => config.user && idsOf(config.user)),
    faultOf(['upstream'], () => rootsAreThere(config.upstream)),
    faultOf(['outbound'], () => rootsAreThere(config.outbound)),
    faultOf(['submission', 'upstream'], () => rootsAreThere(config.submission.upstream)),
    faultOf(['recipients', 'ldap', 'authority'], () => ldap?.authority && readRoots(ldap.authority)),
    faultOf(['recipients', 'ldap', 'bind', 'passwordFile'], () => ldap?.bind && passwordIn(ldap.bind.passwordFile)),
  ].filter((fault) => fault !== null);
}

function certificatesAreGood({ tls }: EdgeConfig, now: number): void {
  if (tls === undefined) return;
  for (const [number, pair] of readCertificates(tls).entries()) {
    const until = goodUntil(pair);
    if (until >= now) continue;
    const [path, file] = number === 0 ? [[], tls.certificate] : [['second'], tls.second?.certificate];
    throw new CertificateFault(
      [...path, 'certificate'],
      `${file} was good until ${new Date(until).toISOString()}: renew it`,
    );
  }
}

/** A place that is there already is of the kind that is wanted; one that is not will be made. */
function isOf(kind: 'file' | 'folder', path: string | undefined): void {
  const facts = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return;
  if (facts.isDirectory() !== (kind === 'folder'))
    throw new Error(`${path} is a ${facts.isDirectory() ? 'folder' : 'file'}: name a ${kind}`);
}

/** What is no fault and should not stay: secrets that every user of the machine may read. */
export function adviceOfFiles({ tls, recipients }: EdgeConfig): FileFault[] {
  const secrets = [
    { path: ['tls', 'key'], file: tls?.key },
    { path: ['tls', 'second', 'key'], file: tls?.second?.key },
    { path: ['recipients', 'ldap', 'bind', 'passwordFile'], file: recipients.ldap?.bind?.passwordFile },
  ];
  return secrets.flatMap(({ path, file }) =>
    file !== undefined && ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & READ_BY_ALL) !== 0
      ? [{ path, message: `${file} can be read by every user of this machine: chmod o= ${file}` }]
      : [],
  );
}

const READ_BY_ALL = 0o004;

function rootsAreThere(routes: UpstreamRoutes | undefined): void {
  for (const servers of routes?.values() ?? [])
    for (const { authority } of servers) if (authority !== null) readRoots(authority);
}

function faultOf(path: readonly string[], read: () => unknown): FileFault | null {
  try {
    read();
    return null;
  } catch (fault) {
    const own = fault instanceof CertificateFault ? fault.path : [];
    return { path: [...path, ...own], message: fault instanceof Error ? fault.message : String(fault) };
  }
}
