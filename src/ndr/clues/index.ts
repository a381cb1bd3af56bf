import type { Clue } from '../clue.ts';
import { account } from './account.ts';
import { certificate } from './certificate.ts';
import { clientProgram } from './client-program.ts';
import { exchangeRouting } from './exchange-routing.ts';
import { idShape } from './id-shape.ts';
import { internalAddress } from './internal-address.ts';
import { internalHost } from './internal-host.ts';
import { localPath } from './local-path.ts';
import { mobileNetwork } from './mobile-network.ts';
import { productField } from './product-field.ts';
import { receivedSoftware } from './received-software.ts';
import { reportSoftware } from './report-software.ts';
import { timeZone } from './time-zone.ts';

/** Every clue, what tells most first. */
export const clues: readonly Clue[] = [
  account,
  receivedSoftware,
  reportSoftware,
  internalHost,
  internalAddress,
  exchangeRouting,
  productField,
  localPath,
  clientProgram,
  mobileNetwork,
  certificate,
  idShape,
  timeZone,
];
