import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canCarryTag,
  makeBounceTag,
  readBounceTag,
  TAG_LIFE,
  type TagKeys,
  untagged,
  worthOfTag,
} from './bounce-tag.ts';

const KEYS: TagKeys = [{ number: 1, secret: 'a secret of this year' }];
const OLD: TagKeys = [{ number: 0, secret: 'a secret of last year' }];
const DAY = 20_000;

const tagged = (local: string, keys = KEYS, day = DAY): string => {
  const made = makeBounceTag(local, 'here.example', keys, day);
  assert.ok(made !== null, `${local} can carry a tag`);
  return made;
};
const worth = (text: string, day = DAY, keys = KEYS, domain = 'here.example'): string => {
  const tag = readBounceTag(text);
  return tag === null ? 'none' : worthOfTag(tag, domain, keys, day);
};

test('a tag is key, day of expiry and three bytes of HMAC-SHA-1 over them and the address', () => {
  // printf 1007alice@here.example | openssl dgst -sha1 -hmac 'a secret of this year'
  assert.equal(tagged('alice'), 'prvs=10078c1ca8=alice');
});

test('a tag is good from its day on for seven more, over the turn of the thousand too, and for a clock that is a day ahead', () => {
  for (const day of [DAY, 20_990, 20_993, 20_999, 21_000]) {
    const text = tagged('alice', KEYS, day);
    assert.equal(worth(text, day - 1), 'valid');
    assert.equal(worth(text, day), 'valid');
    assert.equal(worth(text, day + TAG_LIFE), 'valid');
    assert.equal(worth(text, day + TAG_LIFE + 1), 'expired');
    assert.equal(worth(text, day + 500), 'expired');
    assert.equal(worth(text, day - 2), 'expired');
  }
});

test('keys change: the first makes tags, all of them verify, and one that is gone does not', () => {
  const both: TagKeys = [...KEYS, ...OLD];
  assert.equal(readBounceTag(tagged('alice', both))?.key, 1);
  assert.equal(worth(tagged('alice', OLD), DAY, both), 'valid');
  assert.equal(worth(tagged('alice', both), DAY, both), 'valid');
  assert.equal(worth(tagged('alice', OLD), DAY, KEYS), 'forged');
});

test('a tag belongs to one address', () => {
  const [tag] = tagged('alice').split('alice');
  assert.equal(worth(`${tag}alice`), 'valid');
  assert.equal(worth(`${tag}bob`), 'forged');
  assert.equal(worth(`${tag}alice`, DAY, KEYS, 'other.example'), 'forged');
});

test('a server that writes addresses in lower or upper case, or the tag behind the name, spoils no tag', () => {
  const text = tagged('Alice.Smith+news');
  assert.equal(worth(text.toLowerCase()), 'valid');
  assert.equal(worth(text.toUpperCase()), 'valid');
  assert.equal(worth(text, DAY, KEYS, 'HERE.example'), 'valid');
  const [, stamp] = text.split('=');
  assert.equal(worth(`prvs=Alice.Smith+news=${stamp}`), 'valid');
  assert.equal(worth(`prvs=Alice.Smith+news/${stamp}`), 'valid');
});

for (const local of [
  '"a b"',
  '',
  'a..b',
  '.a',
  'a.',
  'x'.repeat(49),
  'prvs=1007abcdef=a',
  'btv1==34826e458e2==a',
  'prvs=a=1007abcdef',
])
  test(`${local === '' ? 'nothing' : local.slice(0, 24)} carries no tag`, () => {
    assert.equal(makeBounceTag(local, 'here.example', KEYS, DAY), null);
    assert.equal(canCarryTag(local), false);
  });
test('forty-eight characters are the most that leave room for a tag', () =>
  assert.equal(tagged('x'.repeat(48)).length, 64));

const wild: readonly (readonly [text: string, without: string])[] = [
  ['prvs=3743ab12cd=Ann.Lee', 'Ann.Lee'],
  ['PRVS=3743AB12CD=ann', 'ann'],
  ['prvs=ann=3743ab12cd', 'ann'],
  ['prvs=ann/3743ab12cd', 'ann'],
  ['prvs=374a1453b=ann', 'ann'],
  ['prvs=9905c7c8d6=ms', 'ms'],
  ['msprvs1=17xBq6Hhd_Zk=bounces-1-2', 'bounces-1-2'],
  ['btv1==34826e458e2==ann', 'ann'],
  ['prvs=3743ab12cd=user=other.example', 'user=other.example'],
  ['ann', 'ann'],
  ['prvs=', 'prvs='],
  ['prvs==', 'prvs=='],
  ['prvs=3743ab12cd=', 'prvs=3743ab12cd='],
  ['prvs=3743ab12cd=.ann', 'prvs=3743ab12cd=.ann'],
  ['prvs=ann.=3743ab12cd', '3743ab12cd'],
  ['xprvs=3743ab12cd=ann', 'xprvs=3743ab12cd=ann'],
  ['"prvs=3743ab12cd=a b"', '"prvs=3743ab12cd=a b"'],
];
for (const [text, without] of wild)
  test(`${text} is ${without} without its tag`, () => assert.equal(untagged(text), without));

const dotString = fc
  .array(fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\xff-]{1,12}$/), { minLength: 1, maxLength: 4 })
  .map((atoms) => atoms.join('.'));

test('whatever is tagged is read again, and is worth something only with its own key, address and days', () => {
  fc.assert(
    fc.property(dotString, fc.nat(100_000), fc.nat(2_000), fc.nat({ max: 9 }), (local, day, later, number) => {
      const keys: TagKeys = [{ number, secret: 'of the property' }];
      const text = makeBounceTag(local, 'a.example', keys, day);
      assert.equal(text !== null, canCarryTag(local));
      if (text === null) return;
      assert.ok(text.length <= 64);
      const tag = readBounceTag(text);
      assert.equal(tag?.local, local);
      assert.ok(tag !== null && tag !== undefined);
      assert.equal(
        worthOfTag(tag, 'a.example', keys, day + later) === 'valid',
        later % 1_000 <= 7 || later % 1_000 === 999,
      );
      assert.equal(
        worthOfTag(tag, 'a.example', [{ number: (number + 1) % 10, secret: 'of the property' }], day),
        'forged',
      );
    }),
  );
});

test('what is left without a tag is a local part that a server takes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(?:prvs=|btv1==|msprvs1=)?[0-9a-f.=/]{0,30}$/), (text) => {
      const left = untagged(text);
      assert.ok(text.includes(left));
      assert.ok(left === text || /^[^.]+(?:\.[^.]+)*$/.test(left));
    }),
  );
});
