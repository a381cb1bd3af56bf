import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Facts } from '../facts.ts';
import { relayForms } from '../relay-forms.ts';
import { attacks } from './index.ts';

interface Row {
  readonly id: string;
  readonly drill: readonly string[];
  readonly edge: readonly string[];
  readonly host: readonly string[];
}
const { rows } = JSON.parse(readFileSync(new URL('../../knowledge/threats/matrix.json', import.meta.url), 'utf8')) as {
  readonly rows: readonly Row[];
};

test('an attack is named as its file, once', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !name.includes('.test.') && name !== 'index.ts');
  assert.deepEqual(attacks.map(({ name }) => `${name}.ts`).toSorted(), files.toSorted());
});

for (const { name, threat, control, cost, title, gain, remedy, references } of attacks) {
  test(`${name} names its row of the matrix, and a control of that row`, () => {
    const row = rows.find(({ id }) => id === threat);
    if (row === undefined) return assert.fail(`there is no row ${threat}`);
    assert.ok(row.drill.includes(name), `${threat} does not name it`);
    const [part, what = ''] = control.split('/');
    const controls = part === 'edge' || part === 'host' ? row[part] : [];
    assert.ok(controls.includes(what), `${control} is none of ${threat}`);
  });

  test(`${name} says what it costs, what it gains and how it is met`, () => {
    const { connections, messages, bytes, seconds } = cost;
    assert.ok(connections > 0 && connections <= 200 && messages >= 0 && messages <= 200);
    assert.ok(bytes > 0 && bytes <= 4_194_304 && seconds > 0 && seconds <= 120);
    for (const words of [title, gain, ...remedy.map(({ text }) => text), ...references])
      assert.ok(words.length > 6, words);
    assert.ok(
      remedy.some(({ platform }) => platform === '*'),
      'a remedy for any server',
    );
  });
}

test('a relay is asked for in 32 ways, each with a name of its own and the stranger somewhere in it', () => {
  const facts = {
    serverName: 'mx.here.example',
    address: '192.0.2.1',
    domain: 'here.example',
    sender: 'drill@drill.example',
    recipient: 'user@here.example',
    foreign: 'someone@elsewhere.example',
    hello: 'drill.example',
  } as Facts & { readonly recipient: string };
  const forms = relayForms(facts);
  assert.equal(forms.length, 32);
  assert.equal(new Set(forms.map(({ form }) => form)).size, 32);
  for (const { form, to, local } of forms) {
    assert.ok(to.includes('someone') && to.includes('elsewhere.example'), form);
    if (local) assert.match(to, /@(?:here\.example|mx\.here\.example|\[192\.0\.2\.1\])>$/, form);
  }
});
