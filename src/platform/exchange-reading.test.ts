import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embeddedHoles } from '../knowledge/load-vulnerabilities.ts';
import { readExchangeBuild } from './exchange-reading.ts';

const rows = embeddedHoles().exchangeBuilds();

/** Text, build it stands for, name, and whether it is one build. */
const readings: readonly (readonly [string, string, string, boolean])[] = [
  ['15.2.1544.13', '15.2.1544.13', 'Exchange Server 2019 CU14 Nov24SU', true],
  ['15.02.1544.013', '15.2.1544.13', 'Exchange Server 2019 CU14 Nov24SU', true],
  ['15.2.1544', '15.2.1544', 'Exchange Server 2019 CU14', false],
  ['Version 15.1 (Build 2507.39)', '15.1.2507.39', 'Exchange Server 2016 CU23 Apr24HU', true],
  ['Microsoft Exchange Server 2019 Cumulative Update 14', '15.2.1544', 'Exchange Server 2019 CU14', false],
  ['Exchange 2019 CU14 Nov24SU', '15.2.1544.13', 'Exchange Server 2019 CU14 Nov24SU', true],
  ['exchange 2019 cu14 november 2024 su', '15.2.1544.13', 'Exchange Server 2019 CU14 Nov24SU', true],
  ['2019 CU14 Nov 2024 Security Update v2', '15.2.1544.14', 'Exchange Server 2019 CU14 Nov24SUv2', true],
  ['2019 CU14 2024-11 SU', '15.2.1544.13', 'Exchange Server 2019 CU14 Nov24SU', true],
  ['2016 Apr24HU', '15.1.2507.39', 'Exchange Server 2016 CU23 Apr24HU', true],
  ['exchange 2007 sp1', '8.1', 'Exchange Server 2007 SP1', false],
  ['2010 SP3 RU32', '14.3.513.0', 'Exchange Server 2010 SP3 RU32', true],
  ['2010 SP3 Update Rollup 30', '14.3.496.0', 'Exchange Server 2010 SP3 RU30', true],
  ['14.3', '14.3', 'Exchange Server 2010 SP3', false],
  ['2013 SP1', '15.0.847', 'Exchange Server 2013 CU4 (SP1)', false],
  ['Exchange 2013 CU23 Mar23SU', '15.0.1497.48', 'Exchange Server 2013 CU23 Mar23SU', true],
  ['SE RTM', '15.2.2562', 'Exchange Server SE RTM', false],
  ['Exchange Server Subscription Edition Aug26SU', '15.2.2562.46', 'Exchange Server SE RTM Aug26SU', true],
  ['2003 SP2', '6.5.7638', 'Exchange Server 2003 SP2', false],
  ['V6.5.7638.1', '6.5.7638.1', 'Exchange Server 2003 SP2', true],
  ['6.5.7683', '6.5.7638', 'Exchange Server 2003 SP2', true],
  ['Exchange 5.5 SP4', '5.5.2653', 'Exchange Server 5.5 SP4', false],
  ['2019 CU14 base', '15.2.1544.4', 'Exchange Server 2019 CU14', true],
];

for (const [text, build, name, exact] of readings) {
  test(`${JSON.stringify(text)} is ${name}`, () => {
    const reading = readExchangeBuild(text, rows);
    assert.ok(reading.ok, reading.ok ? '' : reading.message);
    assert.deepEqual([reading.build.build, reading.build.name, reading.build.exact], [build, name, exact]);
  });
}

test('a build newer than the list is taken, and said to be so', () => {
  const reading = readExchangeBuild('15.2.3000.1', rows);
  assert.ok(reading.ok);
  assert.equal(reading.build.generation, 'SE');
  assert.match(reading.build.note ?? '', /newer than what is known/);
});

test('what is unknown is answered with the names that are near, and the forms that are taken', () => {
  const missing = readExchangeBuild('2019 CU16', rows);
  assert.ok(!missing.ok);
  assert.match(missing.message, /has no CU16.*2019 CU15/);
  const several = readExchangeBuild('2019 Nov24SU', rows);
  assert.ok(!several.ok);
  assert.deepEqual(several.near, ['2019 CU13 Nov24SU', '2019 CU14 Nov24SU']);
  const update = readExchangeBuild('2019 CU14 Jan26SU', rows);
  assert.ok(!update.ok);
  assert.ok(update.near.every((name) => name.startsWith('2019 CU14')));
  const windows = readExchangeBuild('10.0.17763.1', rows);
  assert.ok(!windows.ok);
  assert.match(windows.message, /Windows SMTP service/);
  const nothing = readExchangeBuild('the one we bought', rows);
  assert.ok(!nothing.ok);
  assert.match(nothing.message, /take a build/);
});
