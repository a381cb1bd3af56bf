const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
};

/** Why a file cannot be read, in words. */
export function whyUnreadable(fault: unknown): string {
  const { code = '', message = String(fault) } = fault as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}
