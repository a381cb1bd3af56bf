import type { UpstreamEntry, UpstreamRoutes } from './config/settings/upstream.ts';

/** The server that is asked about passwords: that of `submission`, else the first one that mail is handed to. */
export function loginEntry(given: {
  readonly upstream: UpstreamRoutes;
  readonly submission: { readonly upstream?: UpstreamRoutes | undefined };
}): UpstreamEntry {
  const routes = given.submission.upstream ?? given.upstream;
  return (routes.get('*') ?? [...routes.values()][0])?.[0] as UpstreamEntry;
}

/** Why passwords must not be sent to a server; null if they may. */
export function loginFault({ place }: UpstreamEntry): string | null {
  if (place.protocol === 'lmtp') return 'an SMTP server that takes AUTH, as LMTP knows no passwords';
  const near = place.path !== '' || place.host === 'localhost' || /^127\.|^::1$/.test(place.host);
  return near || place.tls === 'starttls' || place.tls === 'implicit'
    ? null
    : 'a server inside TLS, such as smtp+tls://mail.example.com:587, as passwords go there';
}
