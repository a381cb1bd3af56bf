/** Recipients looked up in Debian's slapd, and what happens when it is gone. Wants the Debian packages slapd and ldap-utils. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDirectory } from '../../src/apps/edge/directory.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import { withServer } from '../harness/server.ts';
import { slapd } from '../harness/servers/slapd.ts';

const people = { anna: 'anna@example.test', star: 'a*b@example.test' };

test('an address exists if the directory has it, whatever signs it is made of; a directory that is gone says nothing', (t) =>
  withServer(t, slapd({ people }), { domain: 'example.test', accounts: [] }, async (running) => {
    const passwordFile = join(running.folder, 'password');
    await writeFile(passwordFile, 'secret\n');
    const notes: string[] = [];
    const clock = createFakeClock();
    const settings = {
      url: `ldap://${running.address}:${running.port}`,
      startTls: false,
      bind: { name: 'cn=edge,dc=example,dc=test', passwordFile },
      base: 'dc=example,dc=test',
      attributes: ['mail'],
      filter: '(objectClass=inetOrgPerson)',
    };
    const directory = openDirectory(settings, clock, (state) => notes.push(state));
    const words = async (...names: string[]) =>
      Promise.all(names.map(async (name) => directory.ask(`${name}@example.test`)));
    assert.deepEqual(await words('anna', 'Anna', 'anna+list', 'a*b'), ['taken', 'taken', 'taken', 'taken']);
    assert.deepEqual(await words('nobody', '*', 'an*', 'x)(mail=*', '\\2a', 'anna\u0000'), Array(6).fill('refused'));
    await directory.close();
    // A wrong password finds out nothing: not that somebody does not exist.
    await writeFile(passwordFile, 'wrong\n');
    const locked = openDirectory(settings, clock, (state) => notes.push(`locked ${state}`));
    assert.equal(await locked.ask('nobody@example.test'), 'unknown');
    await writeFile(passwordFile, 'secret\n');
    assert.equal(await locked.ask('anna@example.test'), 'unknown');
    await clock.advance(5_000);
    assert.equal(await locked.ask('anna@example.test'), 'taken');
    await locked.close();
    assert.deepEqual(notes, ['up', 'locked down', 'locked up']);
    const gone = openDirectory({ ...settings, url: 'ldap://127.0.0.1:9' }, clock, () => undefined);
    assert.equal(await gone.ask('anna@example.test'), 'unknown');
    await gone.close();
  }));
