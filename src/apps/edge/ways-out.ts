import type { Logins, Mechanism } from '../../edge/upstream/logins.ts';
import type { MixedAnswers } from '../../edge/upstream/mixed-answers.ts';
import { relayLogins } from '../../edge/upstream/relay-logins.ts';
import { relayUpstream } from '../../edge/upstream/relay-upstream.ts';
import type { Upstream } from '../../edge/upstream/upstream.ts';
import type { EdgeConfig } from './config/config-schema.ts';
import { loginEntry } from './login-server.ts';
import { type LinkSettings, linkLogins, linkUpstreams } from './upstream-link.ts';

/** Where mail of the inside goes, and who may send it. */
export interface WaysOut {
  /** Null: it goes to whoever took the login, or to the server behind the edge. */
  readonly outbound: Upstream | null;
  /** Null: no door is one of submission. */
  readonly logins: Logins | null;
  probe(): void;
  /** To be called about once a second. */
  sweep(): void;
  close(): Promise<void>;
}

/** Links the servers that a configuration names for mail of the inside. Throws if a file that it names cannot be read. */
export function openWaysOut(config: EdgeConfig, link: LinkSettings, mixed: MixedAnswers): WaysOut {
  const links = config.outbound === undefined ? null : linkUpstreams(config.outbound, link);
  const servers = config.listen.some(({ submission }) => submission) ? linkLogins(loginEntry(config), link) : null;
  const outbound = links === null ? null : relayUpstream(links, mixed);
  const mechanisms: readonly Mechanism[] = config.submission.mechanisms;
  return {
    outbound,
    logins: servers === null ? null : relayLogins(servers, mechanisms, mixed),
    probe: () => links?.probe(),
    sweep() {
      links?.sweep();
      servers?.sweep();
    },
    async close() {
      await outbound?.close();
      servers?.close();
    },
  };
}
