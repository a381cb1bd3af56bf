import type { UpstreamLogin } from '../../net/upstream-login.ts';
import type { Logins, Mechanism } from './logins.ts';
import type { MixedAnswers } from './mixed-answers.ts';
import { type Relay, relayUpstream } from './relay-upstream.ts';

/** The server that knows the passwords, as `net` reaches it. */
export interface LoginServer {
  check(account: string, password: string, deadline: number): Promise<UpstreamLogin>;
}

/** Logs in at a server, and hands the messages of a session on over the connection that its login holds. */
export function relayLogins(server: LoginServer, mechanisms: readonly Mechanism[], mixed: MixedAnswers): Logins {
  return {
    mechanisms,
    async check({ account, password }, deadline) {
      const answer = await server.check(account, password, deadline);
      if (answer.kind !== 'accepted') return answer;
      const { connection } = answer;
      const relay: Relay = {
        get available() {
          return connection.alive;
        },
        offer: connection.offer,
        handOn: (transaction) => connection.handOn(transaction),
        close: () => connection.close(),
      };
      const upstream = relayUpstream({ of: () => relay, all: [relay] }, mixed);
      return { kind: 'accepted', login: { upstream, close: () => connection.close() } };
    },
  };
}
