import type { EdgeCommand } from '../command.ts';
import { badSequence, badSyntax } from '../filters/strict-protocol.ts';
import type { Session } from '../session.ts';

/** RFC 3207. Bytes behind it in the clear are an injection and end the session (CVE-2011-0411). */
export const starttls: EdgeCommand<Session> = {
  word: 'STARTTLS',
  beforeTls: true,
  endsPipeline: false,
  proceed(session, argument) {
    if (!session.setting.options.tls || session.tls !== null || session.hello === null) {
      return void session.fault(badSequence, 'STARTTLS');
    }
    if (argument !== '') return void session.fault(badSyntax, 'STARTTLS takes no argument');
    session.beginTls();
  },
};
