import { ADDRESS_DIFFERENCES } from './differences-addresses.ts';
import { COMMAND_DIFFERENCES } from './differences-commands.ts';
import { PARAMETER_DIFFERENCES } from './differences-parameters.ts';
import { TEXT_DIFFERENCES } from './differences-texts.ts';
import type { Explanation } from './explanation.ts';

/** Every kind of difference that is known, and why it is there. One that is not here fails the run. */
export const EXPLAINED: readonly Explanation[] = [
  ...COMMAND_DIFFERENCES,
  ...ADDRESS_DIFFERENCES,
  ...PARAMETER_DIFFERENCES,
  ...TEXT_DIFFERENCES,
];
