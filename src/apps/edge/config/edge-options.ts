import type { EdgeOptions } from '../../../edge/options.ts';
import { openFilesMost } from '../open-files.ts';
import { rewriteOptions } from './address-maps.ts';
import type { EdgeConfig } from './config-schema.ts';
import { controlsOf } from './controls.ts';

/** Descriptors for what is no session: upstream, log, counters, DNS. */
const FILES_RESERVED = 300;

/** What sessions are to do by a configuration, with the files that it names read. Throws if one of them cannot be. */
export function optionsOf(config: EdgeConfig): EdgeOptions {
  return {
    hostName: config.hostName,
    domains: new Set(config.domains),
    limits: { ...config.limits, sessions: Math.min(config.limits.sessions, openFilesMost() - FILES_RESERVED) },
    extensions: { chunking: config.chunking, smtpUtf8: true, dsn: true, requireTls: true },
    controls: controlsOf(config),
    headers: config.headers,
    rewrite: rewriteOptions(config),
    tls: true,
    tlsRequired: config.tls?.required ?? false,
  };
}
