import { exim } from './exim.ts';
import { opensmtpd } from './opensmtpd.ts';
import { postfix } from './postfix.ts';
import { sendmail } from './sendmail.ts';

/** Every mail server that tests can start, alphabetically. */
export const servers = [exim, opensmtpd, postfix, sendmail] as const;
