import { loadProductNames } from '../../knowledge/load-names.ts';
import type { HoleKnowledge } from '../../knowledge/load-vulnerabilities.ts';
import type { FeedContext } from './feed.ts';

/** Products that the list of names does not have. */
const FURTHER = ['clamav', 'clearswift', 'fetchmail', 'postfixadmin', 'sophos-puremessage'];
/** Debian source packages that are not named in any row yet. */
const SOURCES: Readonly<Record<string, string>> = {
  postfix: 'postfix',
  exim4: 'exim',
  sendmail: 'sendmail',
  opensmtpd: 'opensmtpd',
  courier: 'courier',
  dovecot: 'dovecot',
  'cyrus-imapd': 'cyrus-imapd',
  roundcube: 'roundcube',
  spamassassin: 'spamassassin',
  'amavisd-new': 'amavis',
  rspamd: 'rspamd',
  mailman3: 'mailman3',
  fetchmail: 'fetchmail',
  clamav: 'clamav',
};

/** Gathers what feeds are read with from what is known already. Reads every file of the knowledge: for updates only. */
export function feedContext(knowledge: HoleKnowledge): FeedContext {
  const names = loadProductNames();
  const productOfCpe = new Map<string, string>();
  const productOfSource = new Map<string, string>(Object.entries(SOURCES));
  const knownIds = new Set<string>();
  for (const product of [...names.map(({ id }) => id), ...FURTHER]) {
    const holes = knowledge.holesOf(product);
    if (holes === null) continue;
    for (const row of holes.rows) {
      knownIds.add(row.id);
      if (row.component === undefined) for (const cpe of row.nvd ?? []) productOfCpe.set(cpe, product);
    }
    for (const fix of holes.debian ?? []) {
      knownIds.add(fix.id);
      productOfSource.set(fix.source, product);
    }
  }
  for (const { id, cpe } of names) if (cpe !== undefined && knowledge.holesOf(id) !== null) productOfCpe.set(cpe, id);
  return { knowledge, names, productOfCpe, productOfSource, knownIds };
}
