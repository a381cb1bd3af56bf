import { courier } from './courier.ts';
import { exim } from './exim.ts';
import { opensmtpd } from './opensmtpd.ts';
import { postfix } from './postfix.ts';
import { qpsmtpd } from './qpsmtpd.ts';
import { sendmail } from './sendmail.ts';

/** Every SMTP server that tests can start, alphabetically. Dovecot and Cyrus speak LMTP and stand beside them. */
export const servers = [courier, exim, opensmtpd, postfix, qpsmtpd, sendmail] as const;
export { cyrus } from './cyrus.ts';
export { dovecot } from './dovecot.ts';
export { eximSubmission } from './exim-submission.ts';
export { knot } from './knot.ts';
export { nsd } from './nsd.ts';
export { postfixSubmission } from './postfix-submission.ts';
export { slapd } from './slapd.ts';
export { unbound } from './unbound.ts';
