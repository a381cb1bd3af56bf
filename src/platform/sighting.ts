/** Where a text was seen. The names are part of the contract of `mailward identify`. */
export const SIGHTING_KINDS = [
  'smtp.banner',
  'smtp.ehlo',
  'smtp.help',
  'smtp.vrfy',
  'smtp.expn',
  'smtp.mailfrom',
  'smtp.rcptto',
  'smtp.noop',
  'smtp.quit',
  'smtp.rset',
  'smtp.turn',
  'smtp.debug',
  'smtp.unknown',
  'smtp.starttls',
  'smtp.auth',
  'smtp.data',
  'smtp.queued',
  'smtp.etrn',
  'imap.banner',
  'imap.capability',
  'imap.id',
  'imap.logout',
  'imap.unknown',
  'pop.banner',
  'pop.capa',
  'pop.quit',
  'pop.user',
  'pop.unknown',
  'nntp.banner',
  'http.server',
  'http.title',
  'http.cookie',
  'http.favicon',
  'http.header',
  'http.body',
  'ldap.result',
  'ntlm.challenge',
  'header',
  'transcript',
  'ndr',
  'certificate',
] as const;
export type SightingKind = (typeof SIGHTING_KINDS)[number];

/** A text that a server gave, and where. Several lines are joined by LF; SMTP texts keep their reply codes. */
export interface Sighting {
  readonly kind: SightingKind;
  readonly text: string;
}

/** True if `word` names a kind of sighting. */
export function isSightingKind(word: unknown): word is SightingKind {
  return (SIGHTING_KINDS as readonly unknown[]).includes(word);
}
