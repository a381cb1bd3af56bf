import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Gives the data folder to a user. Only where we are root; nothing happens otherwise. */
export function giveTo(user: string, folder: string): void {
  if (process.getuid?.() !== 0 || !existsSync(folder)) return;
  const { uid, gid } = idsOf(user);
  const give = (path: string): void => {
    const about = lstatSync(path);
    if (about.isSymbolicLink()) return;
    lchownSync(path, uid, gid);
    if (about.isDirectory()) for (const name of readdirSync(path)) give(join(path, name));
  };
  give(folder);
}

/** Becomes a user for good, once the ports are open. Nothing happens where we are not root. */
export function becomeUser(user: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = idsOf(user);
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

/** A user by name. Throws if there is none. */
export function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === user) return { uid: Number(uid), gid: Number(gid) };
  }
  throw Object.assign(new Error(`there is no user ${user} in /etc/passwd`), { code: 'NOUSER' });
}
