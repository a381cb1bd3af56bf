import { readNtlmChallenge } from '../wire/ntlm/challenge.ts';

/** Base64 of `NTLMSSP` and the nought behind it. */
const TOKEN_START = 'TlRMTVNTUAAC';
/** Characters of base64 that are read: Windows sends some 400. */
const TOKEN_MAX = 8_192;

/**
 * What an NTLM challenge in base64 tells, a line for each thing: `system 10.0.17763`, `computer ex01.corp.example` and so on.
 * The token may stand anywhere in the line, as behind `334 ` (SMTP), `+ ` (IMAP, POP) and `WWW-Authenticate: NTLM ` (HTTP). Empty if there is none.
 */
export function ntlmLines(text: string): string[] {
  const start = text.indexOf(TOKEN_START);
  if (start === -1) return [];
  const token = /^[A-Za-z0-9+/]*/.exec(text.slice(start, start + TOKEN_MAX))?.[0] ?? '';
  const told = readNtlmChallenge(Buffer.from(token, 'base64'));
  if ('fault' in told) return [];
  const { system } = told;
  const things: readonly (readonly [word: string, value: string | null])[] = [
    ['system', system === null ? null : `${system.major}.${system.minor}.${system.build}`],
    ['computer', told.dnsComputer ?? told.netbiosComputer],
    ['domain', told.dnsDomain ?? told.netbiosDomain ?? told.targetName],
    ['forest', told.dnsForest],
  ];
  return things.flatMap(([word, value]) => (value === null ? [] : [`${word} ${value}`]));
}
