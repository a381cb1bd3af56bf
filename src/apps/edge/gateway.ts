import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { commandTable } from '../../edge/commands/index.ts';
import { prepareRewrites, type Rewrites } from '../../edge/envelope/rewrite.ts';
import type { EdgeListener } from '../../edge/event.ts';
import type { EdgeTools, OpenFilter } from '../../edge/filter.ts';
import { filters, submissionFilters } from '../../edge/filters/index.ts';
import type { EdgeOptions } from '../../edge/options.ts';
import { rememberedName } from '../../edge/peers/peer-name.ts';
import type { Policies } from '../../edge/policy.ts';
import { rewrites } from '../../edge/rewrites/index.ts';
import { createRoom } from '../../edge/room.ts';
import type { Hit } from '../../edge/rule.ts';
import { scrubs } from '../../edge/scrubs/index.ts';
import { Session } from '../../edge/session.ts';
import type { Stages } from '../../edge/stage.ts';
import { mixedAnswers } from '../../edge/upstream/mixed-answers.ts';
import { recipientAsker } from '../../edge/upstream/recipient-asker.ts';
import { type NameOf, relayUpstream } from '../../edge/upstream/relay-upstream.ts';
import type { Clock } from '../../net/clock.ts';
import { createResolver } from '../../net/dns-resolver.ts';
import { systemServers } from '../../net/dns-server-address.ts';
import { type Doorway, type EdgeDoor, type EdgeListenerSettings, openDoor } from '../../net/edge-listener.ts';
import { sqliteCounters } from '../../store/counters-sqlite.ts';
import { NetworkSet } from '../../wire/ip/networks.ts';
import { createCensus } from './census.ts';
import { keptCertificate, readCertificates, serverContext } from './certificate.ts';
import type { EdgeConfig } from './config/config-schema.ts';
import { readNetworks } from './config/controls.ts';
import { optionsOf } from './config/edge-options.ts';
import { policiesOf } from './config/policies.ts';
import { openDirectory } from './directory.ts';
import { HandOnTimes, timed } from './hand-on-times.ts';
import { keptPolicies } from './kept-policies.ts';
import { linkSettings } from './link-settings.ts';
import { listenFault } from './listen-fault.ts';
import { openGauge } from './pressure-gauge.ts';
import { openQuarantine } from './quarantine.ts';
import { Roster } from './roster.ts';
import type { GatewayStatus, SessionView } from './status.ts';
import { addressOf, linkUpstreams } from './upstream-link.ts';
import { openWaysOut } from './ways-out.ts';

/** Where the gateway listens, as it tells others. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit';
}

export interface Gateway {
  readonly listening: readonly Listening[];
  /** Takes a new configuration for the sessions to come. Throws, and changes nothing, if a file it names cannot be read. */
  reload(config: EdgeConfig): void;
  /** Greets nobody new, with a word of excuse, or greets again; the sessions there go on. */
  pause(paused: boolean): void;
  status(): Omit<GatewayStatus, 'messages' | 'linesLost'>;
  sessions(): readonly SessionView[];
  /** Takes no more connections and resolves when the ones there have ended. */
  drain(): Promise<void>;
}

export interface GatewaySettings {
  readonly config: EdgeConfig;
  /** The folder that holds what is kept. */
  readonly data: string;
  readonly clock: Clock;
  readonly listen: EdgeListener;
  readonly noted: (what: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Keys of TLS tickets that several processes share; absent: own ones. */
  readonly ticketKeys: Buffer | undefined;
  /** Tells this process from the others that share its ids. */
  readonly worker: number;
  /** How many processes do the same. */
  readonly workers: number;
}

/** Milliseconds between two looks at all deadlines. */
const SWEEP = 1_000;
const BACKLOG = 4_096;
/** Part of all places from which on the oldest silent strangers are let go. */
const NEARLY_FULL = 0.95;
/** Under pressure, milliseconds that a stranger has until he begins a message: his place is for one who does. */
const STRANGERS_TIME = 15_000;
/** Sessions that one process shows its operator. */
const SESSIONS_SHOWN = 1_000;

/** What is made of a configuration and may be made anew while sessions go on. */
interface Terms {
  readonly config: EdgeConfig;
  readonly options: EdgeOptions;
  readonly policies: Policies;
  readonly exempt: NetworkSet;
  readonly inside: NetworkSet;
  readonly proxies: NetworkSet;
  readonly tls: SecureContext;
  readonly openers: readonly (() => OpenFilter)[];
  readonly submissionOpeners: readonly (() => OpenFilter)[];
  readonly rewrites: Rewrites;
  readonly scrub: (seen: Stages['message']) => readonly Hit[];
}

/** Opens the doors of the gateway and plays sessions behind them. Rejects if a port cannot be had or a file cannot be read. */
export async function openGateway(settings: GatewaySettings): Promise<Gateway> {
  const { clock, listen } = settings;
  const resolver = createResolver({ servers: settings.config.resolver ?? systemServers(), clock });
  const counters = sqliteCounters(settings.data, undefined, undefined, (aside) =>
    settings.noted('counters', { state: 'begun anew', detail: `the old ones were damaged: ${aside}` }),
  );
  const census = createCensus();
  const link = linkSettings(settings.config, {
    clock,
    resolver,
    workers: settings.workers,
    noted: (place, state, detail) => settings.noted('upstream', { place, state, detail }),
    failed: (domain, because) => settings.noted('mta-sts', { domain, because }),
    ...keptPolicies(settings.data),
  });
  const links = linkUpstreams(settings.config.upstream, link);
  const handOns = new HandOnTimes(clock);
  const mixed = mixedAnswers(counters, clock);
  const nameOf: NameOf = (address) => rememberedName(counters, address, clock.now());
  const upstream = timed(relayUpstream(links, mixed, nameOf), handOns);
  const out = openWaysOut(settings.config, link, mixed);
  const pressure = openGauge({
    bounds: () => terms.config.pressure,
    limits: () => terms.options.limits,
    census,
    handOns,
    data: settings.data,
    changed: (change, level) => settings.noted('pressure', { ...change, level }),
  });
  const { ldap } = settings.config.recipients;
  const directory =
    ldap === undefined
      ? null
      : openDirectory(
          ldap,
          clock,
          (state, detail) => settings.noted('directory', { state, detail }),
          (host) => addressOf(host, link),
        );
  const ask = directory?.ask ?? recipientAsker(links, clock, settings.config.limits.answerTimeout);
  const outside = { clock, resolver, counters, census, pressure, ask, note: settings.noted };
  let terms = termsOf(settings.config, settings, outside);
  const quarantine = openQuarantine({
    path: join(settings.data, 'quarantine'),
    bounds: () => terms.config.quarantine,
    clock,
    noted: settings.noted,
  });
  const room = createRoom(() => terms.options.limits.memory);
  const roster = new Roster(clock);
  const startedAt = new Date(clock.now()).toISOString();
  let draining = false;
  const nextId = idMaker(settings.worker, clock);
  const doorSettings = ({ submission }: Doorway): EdgeListenerSettings => ({
    clock,
    backlog: BACKLOG,
    handshakeTimeout: terms.options.limits.handshakeTimeout,
    proxied: (address) => terms.proxies.has(address),
    misled: (address, fault) => settings.noted('proxy-header', { peer: address, fault }),
    secureContext: () => terms.tls,
    open: (peer, wire) => {
      census.enter(peer.address);
      // Silent strangers make room for whoever comes; the last places are for those who come while they go.
      if (census.all > terms.options.limits.sessions * NEARLY_FULL) doors.some((door) => door.evict());
      const session = new Session(
        {
          id: nextId(),
          peer: { ...peer, exempt: terms.exempt.has(peer.address), inside: terms.inside.has(peer.address) },
          options: terms.options,
          policies: terms.policies,
          upstream,
          outbound: out.outbound,
          logins: submission ? out.logins : null,
          filters: (submission ? terms.submissionOpeners : terms.openers).map((open) => open()),
          room,
          quarantine: { answer: terms.config.quarantine.answer, keep: quarantine.keep },
          rewrites: terms.rewrites,
          scrub: terms.scrub,
          clock,
          listen: (event) => {
            if (event.kind === 'closed') {
              census.leave(peer.address);
              roster.leave(event.session);
            }
            listen(event);
          },
          messageId: nextId,
        },
        commandTable,
        wire,
      );
      return roster.enter(session);
    },
  });
  const doors: EdgeDoor[] = [];
  const close = async (patience: number) => {
    await Promise.all(doors.map((door) => door.drain(patience)));
    await upstream.close();
    await out.close();
    await directory?.close();
    resolver.close();
    counters.close();
    pressure.close();
  };
  try {
    for (const doorway of settings.config.listen) {
      const door = openDoor(doorway, doorSettings(doorway));
      doors.push(await door.catch((fault) => Promise.reject(listenFault(fault, doorway))));
    }
  } catch (fault) {
    await close(0);
    throw fault;
  }
  links.probe();
  out.probe();
  let shared = true;
  const sweeper = setInterval(() => {
    pressure.look();
    for (const door of doors) door.sweep(pressure.level === 'normal' ? Number.POSITIVE_INFINITY : STRANGERS_TIME);
    links.sweep();
    out.sweep();
    quarantine.sweep();
    // Told when it begins and when it is over, not every second.
    const fault = counters.exchange(clock.now());
    if ((fault === null) === shared) return;
    shared = fault === null;
    settings.noted('counters', { state: shared ? 'shared' : 'alone', detail: fault?.message ?? '' });
  }, SWEEP);

  return {
    listening: doors.map(({ address, port }, index) => ({
      address,
      port,
      tls: settings.config.listen[index]?.implicitTls === true ? 'implicit' : 'starttls',
    })),
    reload(config) {
      terms = termsOf(config, settings, outside);
    },
    pause(paused) {
      pressure.paused = paused;
    },
    status: () => ({
      pid: process.pid,
      startedAt,
      level: pressure.level,
      signals: pressure.readings,
      paused: pressure.paused,
      draining,
      sessions: census.all,
      upstream: { available: upstream.available, pending: handOns.pending, median: Math.round(handOns.median) },
      memory: process.memoryUsage.rss(),
    }),
    sessions: () => roster.view(SESSIONS_SHOWN),
    async drain() {
      draining = true;
      await close(terms.config.drain);
      clearInterval(sweeper);
    },
  };
}

function termsOf(
  config: EdgeConfig,
  { data, ticketKeys }: GatewaySettings,
  outside: Omit<EdgeTools, 'options'>,
): Terms {
  const pairs =
    config.tls === undefined
      ? [keptCertificate(data, config.hostName, outside.clock.now())]
      : readCertificates(config.tls);
  const options = optionsOf(config);
  const tools: EdgeTools = { ...outside, options };
  const prepared = new Map(filters.map((filter) => [filter, filter.prepare(tools)]));
  const scrubbers = scrubs.map((scrub) => scrub.prepare(tools));
  return {
    config,
    options,
    tls: serverContext(pairs, ticketKeys),
    exempt: new NetworkSet([...config.exempt, ...readNetworks(config.lists.allow)]),
    inside: new NetworkSet(config.inside),
    proxies: new NetworkSet(config.proxy),
    policies: policiesOf(config),
    openers: filters.flatMap((filter) => prepared.get(filter) ?? []),
    submissionOpeners: submissionFilters.flatMap((filter) => prepared.get(filter) ?? []),
    rewrites: prepareRewrites(rewrites, tools),
    scrub: (seen) => scrubbers.flatMap((scrub) => scrub(seen)),
  };
}

/** Makes ids that no other session or message has: time, process, number. */
function idMaker(worker: number, clock: Clock): () => string {
  const start = clock.now().toString(36);
  const own = `${process.pid.toString(36)}${worker === 0 ? '' : worker.toString(36)}`;
  let number = 0;
  return () => `${start}-${own}-${(++number).toString(36)}`;
}
