import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { challengeBytes } from '../../../test/ntlm/challenge-bytes.ts';
import { type NtlmChallenge, readNtlmChallenge } from './challenge.ts';

/** A challenge as Windows Server 2019 sends it. */
const WINDOWS = challengeBytes({
  targetName: 'CORP',
  pairs: { 2: 'CORP', 1: 'EX01', 4: 'corp.example', 3: 'ex01.corp.example', 5: 'forest.example' },
  clock: Date.UTC(2024, 1, 29, 12, 30, 45, 678),
  system: { major: 10, minor: 0, build: 17763 },
});

function read(bytes: Uint8Array): NtlmChallenge {
  const found = readNtlmChallenge(bytes);
  assert.ok(!('fault' in found), 'fault' in found ? found.fault : '');
  return found;
}

test('a challenge tells names, clock and build of the server', () => {
  assert.deepEqual(read(WINDOWS), {
    targetName: 'CORP',
    flags: 0x02800201,
    netbiosComputer: 'EX01',
    netbiosDomain: 'CORP',
    dnsComputer: 'ex01.corp.example',
    dnsDomain: 'corp.example',
    dnsForest: 'forest.example',
    clock: Date.UTC(2024, 1, 29, 12, 30, 45, 678),
    system: { major: 10, minor: 0, build: 17763 },
  });
});

test('a challenge that stops after its eight random bytes tells its name alone', () => {
  const found = read(challengeBytes({ targetName: 'OLD', pairs: null }));
  assert.equal(found.targetName, 'OLD');
  assert.equal(found.dnsComputer, null);
  assert.equal(found.system, null);
});

test('a version is told only where the flag says that there is one', () => {
  const bytes = WINDOWS.slice();
  bytes[23] = 0;
  assert.equal(read(bytes).system, null);
});

test('names that reach beyond the message, and names cut in the middle, are left out', () => {
  const far = WINDOWS.slice();
  new DataView(far.buffer).setUint32(16, 0xfffffff0, true);
  assert.equal(read(far).targetName, null);
  assert.equal(read(far).netbiosComputer, 'EX01');
  const cut = WINDOWS.slice(0, WINDOWS.length - 20);
  assert.equal(read(cut).dnsComputer, null);
});

test('what is no challenge is told with its place', () => {
  const negotiate = WINDOWS.slice();
  negotiate[8] = 1;
  assert.deepEqual(readNtlmChallenge(negotiate), { fault: 'is message type 1, and a challenge is type 2', at: 8 });
  assert.deepEqual(readNtlmChallenge(new TextEncoder().encode('HTTP/1.1')), {
    fault: 'does not begin with NTLMSSP',
    at: 0,
  });
  const short = readNtlmChallenge(WINDOWS.slice(0, 20));
  assert.ok('fault' in short && short.at === 20);
});

test('any bytes are read without throwing, and names hold no control characters', () => {
  const mutated = fc.array(fc.tuple(fc.nat(WINDOWS.length - 1), fc.nat(255)), { maxLength: 12 }).map((changes) => {
    const bytes = WINDOWS.slice();
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
      const found = readNtlmChallenge(bytes);
      if ('fault' in found) return;
      for (const name of [found.targetName, found.dnsComputer, found.dnsDomain])
        assert.doesNotMatch(name ?? '', /\p{Cc}/u);
    }),
  );
});
