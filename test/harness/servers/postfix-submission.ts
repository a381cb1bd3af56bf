import { server } from '../server.ts';
import { PASSWORD } from './dovecot.ts';
import { recipe } from './postfix.ts';

/** Postfix as a server of submission, with Dovecot to look passwords up: AUTH inside TLS alone, and nothing taken from who has not logged in. */
export const postfixSubmission = server({
  ...recipe,
  product: 'Postfix-submission',
  packages: ['postfix', 'dovecot-core'],
  users: [...(recipe.users ?? []), { name: 'dovecot' }, { name: 'dovenull' }],
  ports: ['sasl'],
  logs: [...(recipe.logs ?? []), 'dovecot.log'],
  texts: (site) => {
    const texts = recipe.texts(site);
    const { folder, address, ports, accounts } = site;
    return {
      ...texts,
      'conf/main.cf': `${texts['conf/main.cf']}
mynetworks = 192.0.2.1/32
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:${address}:${ports['sasl']}
smtpd_tls_auth_only = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
`,
      users: accounts.map((name) => `${name}:{PLAIN}${PASSWORD}\n`).join(''),
      'dovecot.conf': `base_dir = ${folder}/base
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols =
ssl = no
auth_mechanisms = plain login
passdb {
  driver = passwd-file
  args = username_format=%n ${folder}/users
}
userdb {
  driver = static
  args = uid=950 gid=950 home=${folder}/mail/%n
}
# Dovecot's penalty grows beyond the ten seconds that Postfix waits for it; the edge counts guesses itself.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  inet_listener {
    address = ${address}
    port = ${ports['sasl']}
  }
}
`,
    };
  },
  setup: (site) => `mkdir base state\n${recipe.setup?.(site) ?? ''}`,
  command: (site) => `sh -c '/usr/sbin/dovecot -F -c ${site.folder}/dovecot.conf & exec ${recipe.command(site)}'`,
});
