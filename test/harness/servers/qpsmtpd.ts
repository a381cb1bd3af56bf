import { server } from '../server.ts';

/**
 * qpsmtpd, a server in Perl that only takes mail: it has no way to send any on. It asks DNS for each client's name, whatever its options
 * say; by TCP (`usevc`) the question is refused at once where there is no resolver.
 */
export const qpsmtpd = server({
  product: 'qpsmtpd',
  packages: ['qpsmtpd'],
  ways: ['root', 'mapped'],
  hides: true,
  texts: ({ folder, domain, hostName, banner, tls, accounts }) => ({
    'config/me': `${hostName}\n`,
    'config/rcpthosts': `${domain}\n`,
    'config/plugin_dirs': '/usr/share/qpsmtpd/plugins\n',
    'config/spool_dir': `${folder}/spool\n`,
    'config/loglevel': '6\n',
    'config/rcpt_map': accounts.map((name) => `${name}@${domain} OK known\n`).join(''),
    'config/plugins': [
      'logging/warn 6',
      ...(tls ? [`tls ${tls.certificate} ${tls.key} ${tls.certificate}`] : []),
      `rcpt_map file ${folder}/config/rcpt_map domain ${domain}`,
      'rcpt_ok',
      `queue/maildir ${folder}/mail %l`,
      '',
    ].join('\n'),
    ...(banner === undefined ? {} : { 'config/smtpgreeting': `${banner}\n` }),
  }),
  setup: ({ tls }) => `mkdir -m 700 spool && own mailu:mailu spool ${tls ? 'tls' : ''}`,
  command: ({ folder, address, port }) =>
    `env QPSMTPD_CONFIG=${folder}/config RES_OPTIONS=usevc /usr/bin/qpsmtpd-forkserver -l ${address} -p ${port} -u mailu`,
});
