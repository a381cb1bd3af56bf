/** The set-ups that are shipped are right, and the unit runs what there is. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mailward } from '../harness/program.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const examples = readdirSync(join(deploy, 'examples'));

test('there is an example for each server the pages name', () => {
  assert.deepEqual(examples.sort(), ['exchange.yaml', 'exim.yaml', 'microsoft365.yaml', 'postfix.yaml', 'zimbra.yaml']);
});

for (const name of examples) {
  test(`${name} is right`, async () => {
    const { status, err } = await mailward(['edge', '--config', join(deploy, 'examples', name), '--check']);
    assert.equal(status, 0, err);
  });
}

test('the unit and the container call options that the command has', async () => {
  const { out } = await mailward(['edge', '--help']);
  for (const name of ['mailward-edge.service', 'Dockerfile']) {
    const text = readFileSync(join(deploy, name), 'utf8');
    const calls = text.split('\n').filter((line) => /^(?:Exec\w+=.*mailward edge|CMD|HEALTHCHECK)/.test(line));
    assert.ok(calls.length > 0, name);
    for (const call of calls)
      for (const [option] of call.matchAll(/--(?:config|data|check|[a-z]+)(?![a-z=-])/g))
        assert.ok(out.includes(option), option);
  }
});
