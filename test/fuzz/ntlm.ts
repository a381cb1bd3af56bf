import { ldapLines } from '../../src/platform/ldap-line.ts';
import { ntlmLines } from '../../src/platform/ntlm-line.ts';
import { readNtlmChallenge } from '../../src/wire/ntlm/challenge.ts';
import { challengeBytes } from '../ntlm/challenge-bytes.ts';
import type { FuzzTarget } from './target.ts';

const CHALLENGE = challengeBytes({
  targetName: 'CORP',
  pairs: { 1: 'EX01', 3: 'ex01.corp.example', 4: 'corp.example' },
  clock: 1_700_000_000_000,
  system: { major: 10, minor: 0, build: 20348 },
});

export const targets: readonly FuzzTarget[] = [
  {
    name: 'ntlm-challenge',
    seeds: [CHALLENGE, challengeBytes({ targetName: 'OLD', pairs: null })],
    alphabet: 'NTLMSSP\x00\x01\x02\x03\x07\x38\xff',
    run: (bytes) => void readNtlmChallenge(bytes),
  },
  {
    name: 'ntlm-line',
    seeds: [Buffer.from(`334 ${Buffer.from(CHALLENGE).toString('base64')}`)],
    alphabet: 'TlRMTVNTUAAC/+=AB 34',
    run: (bytes) => void ntlmLines(Buffer.from(bytes).toString('latin1')),
  },
  {
    name: 'ldap-line',
    seeds: [Buffer.from('0\x1e\x04\rvendorversion1\x0f\x04\rRelease 8.5.30\x1e', 'latin1')],
    alphabet: '01\x04\x05\x0d\x7f\x80\xff',
    run: (bytes) => void ldapLines(Buffer.from(bytes).toString('latin1')),
  },
];
