/** A disk that takes seconds to confirm: a program is given other `fsync` and `fdatasync` than those of the C library. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.ts';

const SOURCE = `#include <unistd.h>
static void wait_for_disk(void) { usleep(SLOW_MS * 1000); }
int fsync(int fd) { (void)fd; wait_for_disk(); return 0; }
int fdatasync(int fd) { (void)fd; wait_for_disk(); return 0; }
`;

/** The environment in which each confirmation takes so many milliseconds; a text that says why it cannot be had. */
export async function slowDisk(
  folder: string,
  milliseconds: number,
): Promise<Readonly<Record<string, string>> | string> {
  const source = join(folder, 'slow.c');
  const library = join(folder, 'slow.so');
  writeFileSync(source, SOURCE);
  try {
    await run('cc', ['-shared', '-fPIC', `-DSLOW_MS=${milliseconds}`, '-o', library, source]);
  } catch (fault) {
    return `a slow disk wants a C compiler (cc): ${(fault as Error).message.split('\n')[0]}`;
  }
  return { LD_PRELOAD: library };
}
