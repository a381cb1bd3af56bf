import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
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

/**
 * Does something with the rights of whose a folder is: root, asked to look after the folder of another, would follow every link that one puts
 * there. What is made belongs to him. Nothing changes where we are not root, or the folder is root's or not there.
 */
export async function asOwnerOf<T>(folder: string, deed: () => Promise<T>): Promise<T> {
  const owner = process.getuid?.() === 0 ? ownerOf(folder) : undefined;
  if (owner === undefined || owner.uid === 0) return deed();
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([owner.gid]);
  process.setegid?.(owner.gid);
  process.seteuid?.(owner.uid);
  try {
    return await deed();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}

/** Of a link, whoever made it: only one of root's is followed. */
function ownerOf(folder: string): Stats | undefined {
  const facts = lstatSync(folder, { throwIfNoEntry: false });
  return facts?.isSymbolicLink() && facts.uid === 0 ? statSync(folder, { throwIfNoEntry: false }) : facts;
}

/** A user by name. Throws if there is none. */
export function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === user) return { uid: Number(uid), gid: Number(gid) };
  }
  throw Object.assign(new Error(`there is no user ${user} in /etc/passwd`), { code: 'NOUSER' });
}
