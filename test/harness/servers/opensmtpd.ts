import { type NextHop, server } from '../server.ts';

/**
 * OpenSMTPD. Its greeting always ends in `ESMTP OpenSMTPD`: only the name before it can be chosen. The package of Debian 12 offers
 * STARTTLS and then fails every handshake (`SSL routines::EVP lib`).
 */
export const opensmtpd = server({
  product: 'OpenSMTPD',
  packages: ['opensmtpd'],
  ways: ['root', 'mapped'],
  hides: false,
  users: [
    { name: 'opensmtpd', home: '/var/lib/opensmtpd/empty' },
    { name: 'opensmtpq', home: '/var/lib/opensmtpd/empty' },
  ],
  texts: ({ folder, address, port, domain, hostName, tls, nextHop, accounts }) => ({
    'smtpd.conf': `${tls ? `pki "${hostName}" cert "${tls.certificate}"\npki "${hostName}" key "${tls.key}"` : ''}
table vusers { ${accounts.map((name) => `${name} = mailu`).join(', ')} }
listen on ${address} port ${port} ${tls ? `tls pki "${hostName}" ` : ''}hostname ${hostName}
action "deliver" maildir "${folder}/mail/%{dest.user:lowercase}" virtual <vusers>
${nextHop ? `action "out" relay host ${outbound(nextHop)}` : ''}
match from any for domain "${domain}" action "deliver"
${nextHop ? 'match from src 127.0.0.0/8 for any action "out"' : ''}
`,
  }),
  setup: () => `
mkdir -p /var/lib/opensmtpd/empty
mkdir -m 711 /var/spool/smtpd
ln -sfn /run /var/run 2>/dev/null || :`,
  command: ({ folder }) => `/usr/sbin/smtpd -d -f ${folder}/smtpd.conf`,
});

/** `smtp://` begins TLS where it is offered. */
function outbound({ address, port, tls }: NextHop): string {
  if (tls === undefined) return `smtp://${address}:${port}`;
  return tls ? `smtp+tls://${address}:${port} tls no-verify` : `smtp+notls://${address}:${port}`;
}
