import { server } from '../server.ts';

/**
 * Courier. Its greeting names no product, so there is nothing to hide. Errors are not delayed (`TARPIT=0`): the stock delay grows with
 * each, and a test would wait for it. No MTA-STS policies are kept, so that none is asked for: DNS would
 * not answer for a minute.
 */
export const courier = server({
  product: 'Courier',
  packages: ['courier-mta'],
  ways: ['root', 'mapped'],
  hides: true,
  users: [{ name: 'courier' }],
  texts: ({ folder, address, port, domain, hostName, nextHop, accounts, tls }) => ({
    'usr/bin/makedat': '#!/bin/sh\nexec /usr/lib/courier/makedat "$@"\n', // the package makes this link when it is installed
    'own/me': `${hostName}\n`,
    'own/defaultdomain': `${domain}\n`,
    'own/locals': `${domain}\n${hostName}\nlocalhost\n`,
    'own/esmtpacceptmailfor': `${domain}\n`,
    'own/esmtproutes': nextHop ? `:[${nextHop.address}],${nextHop.port}\n` : '',
    'own/userdb': accounts
      .map((name) => `${name}\tuid=950|gid=950|home=${folder}/mail/${name}|shell=/bin/sh\n`)
      .join(''),
    'own/aliases/system': `postmaster: ${accounts[0]}\n`,
    'start.sh': `set -a
/usr/sbin/authdaemond start
/usr/lib/courier/courierctl.start
. /etc/courier/esmtpd
TARPIT=0 BOFHCHECKDNS=0 ${tls ? `TLS_CERTFILE=${folder}/tls/both.pem` : 'COURIERTLS='}
exec /usr/sbin/couriertcpd -user=courier -group=courier -address=${address} -access=/etc/courier/smtpaccess.dat \\
  -maxprocs=40 -maxperc=20 -maxperip=20 -noidentlookup -nodnslookup ${port} /usr/sbin/courieresmtpd
`,
  }),
  setup: ({ folder, accounts, tls }) => `
cp -a /etc/courier etc-courier
cp -a own/. etc-courier/
chmod 600 etc-courier/userdb
mount --bind etc-courier /etc/courier
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' /etc/courier/authdaemonrc
mkdir -p /var/lib/courier /run/courier/authdaemon
for name in msgs msgq filters allfilters tmp track sts; do mkdir -p -m 770 /var/lib/courier/$name; done
mkdir -p /var/lib/courier/tmp/broken
echo 0 >/var/lib/courier/sts/.cache_size
own courier:courier /var/lib/courier /run/courier /etc/courier
for name in ${accounts.join(' ')}; do mkdir -p mail/$name; maildirmake.courier mail/$name/Maildir; done
own mailu:mailu mail
${tls ? `cat tls/cert.pem tls/key.pem >tls/both.pem; own courier:courier tls; chmod 600 tls/both.pem` : ''}
{ makeuserdb; makealiases; makesmtpaccess; makeacceptmailfor; } >'${folder}/made' 2>&1 || { cat '${folder}/made' >&2; exit 1; }`,
  command: ({ folder }) => `sh ${folder}/start.sh`,
});
