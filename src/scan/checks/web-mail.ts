import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import type { Check } from '../check.ts';
import { fieldOf, type WebPage } from '../probes/web-seen.ts';
import { quotedPage, webPages } from './subjects.ts';

export const webVersion: Rule = {
  id: 'web/version',
  severity: 'medium',
  title: 'The web side of the mail server tells its build',
  why: 'The build says which updates are missing; most holes of mail servers that are used in attacks are in their web side.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Install the newest cumulative and security update: the number is also in the paths of its pages, so that hiding the field hides little. Let strangers reach the web side through a VPN or a proxy that asks for a log-on first.',
    },
    { platform: 'Zimbra', text: 'Install the newest patch, and let strangers reach no more than the log-on page.' },
    { platform: '*', text: 'Keep it up to date, and take version numbers out of its pages and fields.' },
  ],
  references: ['CWE-200', 'CWE-1104'],
  threat: 'attack/cross-site',
};
export const webInternalName: Rule = {
  id: 'web/internal-name',
  severity: 'low',
  title: 'The web side of the mail server tells names of the inside',
  why: 'The name of a machine inside is where his next step leads, and it makes a forged letter from the help desk believable.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Take X-FEServer, X-BEServer, X-CalculatedBETarget and X-DiagInfo out of answers at the proxy in front, or by an outbound rule of IIS URL Rewrite.',
    },
    { platform: '*', text: 'Take such fields out of answers at a proxy in front.' },
  ],
  references: ['CWE-200'],
  threat: 'attack/cross-site',
};
export const webAdminPage: Rule = {
  id: 'web/admin-page',
  severity: 'medium',
  title: 'Strangers reach the administration page of the mail server',
  why: 'A guessed or stolen password of an administrator is enough, and the holes of that page are open to everybody.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Exchange 2019 has a rule for it; on 2013 and 2016 restrict /ecp to the networks of administrators in IIS (IP Address and Domain Restrictions).',
      config:
        'New-ClientAccessRule -Name "No EAC from outside" -Action DenyAccess -AnyOfProtocols ExchangeAdminCenter -ExceptAnyOfClientIPAddressesOrRanges 10.0.0.0/8',
    },
    { platform: '*', text: 'Let only the networks of administrators reach it.' },
  ],
  references: ['CVE-2020-0688', 'CVE-2021-27065', 'CWE-284'],
  threat: 'attack/cross-site',
};

/** Fields in which Exchange names its machines. */
const NAMING_FIELDS = ['x-feserver', 'x-beserver', 'x-calculatedbetarget', 'x-diaginfo'];
/** Where products write their build into a page. */
const BUILDS: readonly RegExp[] = [
  /\/owa\/(?:auth\/)?\d{1,3}\.\d{1,3}\.\d{1,6}(?:\.\d{1,6})?\//,
  /"rcversion":\d{4,6}/,
  /"CLIENT_VERSION",\s{0,10}\{type:[^}]{1,100}defaultValue:"[\w.]{1,60}"/,
  /exporttool\.application"\s{1,10}version="[\d.]{1,40}"/,
];

/** Judges what the web side of a mail server shows to anybody. Each rule is told once of a server, at the first page that shows it. */
export const webMail: Check = {
  rules: [webVersion, webInternalName, webAdminPage],
  *judge(dossier): Generator<Finding> {
    const told = new Set<string>();
    for (const { page, subject } of webPages(dossier)) {
      for (const [rule, quote] of faultsOf(page)) {
        if (told.has(`${rule.id} ${subject}`)) continue;
        told.add(`${rule.id} ${subject}`);
        yield { rule, subject, evidence: [quotedPage(page, quote)] };
      }
    }
  },
};

function* faultsOf(page: WebPage): Generator<readonly [rule: Rule, quote: string]> {
  const owa = fieldOf(page, 'x-owa-version');
  const build = owa === null ? buildIn(page) : `X-OWA-Version: ${owa}`;
  if (build !== null) yield [webVersion, build];
  for (const name of NAMING_FIELDS) {
    const value = fieldOf(page, name);
    if (value !== null) yield [webInternalName, `${name}: ${value}`];
  }
  const admin = adminAnswer(page);
  if (admin !== null) yield [webAdminPage, admin];
}

function buildIn({ body, status }: WebPage): string | null {
  if (status >= 400) return null;
  for (const form of BUILDS) {
    const [found] = form.exec(body) ?? [];
    if (found !== undefined) return found;
  }
  return null;
}

/** The administration page answers, or leads to its log-on page; null where it is refused or not there. */
function adminAnswer(page: WebPage): string | null {
  if (!page.path.startsWith('/ecp/') || page.path.includes('exporttool')) return null;
  const location = fieldOf(page, 'location');
  if (page.status === 200) return `${page.status}`;
  return page.status === 302 && location !== null && /\/(?:owa|ecp)\//i.test(location) ? `Location: ${location}` : null;
}
