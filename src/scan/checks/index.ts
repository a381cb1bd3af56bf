import type { Check } from '../check.ts';
import { authInClear } from './auth-in-clear.ts';
import { bounce } from './bounce.ts';
import { certificate } from './certificate.ts';
import { disclosure } from './disclosure.ts';
import { dmarc } from './dmarc.ts';
import { enumeration } from './enumeration.ts';
import { mtaSts } from './mta-sts.ts';
import { mtaStsPolicy } from './mta-sts-policy.ts';
import { mxRecords } from './mx-records.ts';
import { ntlmLeak } from './ntlm-leak.ts';
import { oldExtensions } from './old-extensions.ts';
import { reverseNames } from './reverse-names.ts';
import { spf } from './spf.ts';
import { startTls } from './start-tls.ts';
import { tlsReports } from './tls-reports.ts';
import { webMail } from './web-mail.ts';

/** Every check, in the order a reader meets them: where mail goes, who may send it, then each server from its greeting on. */
export const checks: readonly Check[] = [
  mxRecords,
  reverseNames,
  spf,
  dmarc,
  mtaSts,
  mtaStsPolicy,
  tlsReports,
  disclosure,
  enumeration,
  bounce,
  oldExtensions,
  startTls,
  certificate,
  authInClear,
  webMail,
  ntlmLeak,
];
