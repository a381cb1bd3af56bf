import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAddressList } from './lenient.ts';
import { addressSpans } from './spans.ts';

/** The addresses found, as `local@domain` without blanks and comments; `?` for a local part that cannot be told. */
const found = (text: string): string[] => addressSpans(text).map(({ local, domain }) => `${local ?? '?'}@${domain}`);

for (const [text, ...expected] of [
  [' Anna <anna@corp.local>\r\n', 'anna@corp.local'],
  ['anna@corp.local (Anna at bob@corp.local)', 'anna@corp.local'],
  ['"bob@corp.local" <anna@corp.local>', 'anna@corp.local'],
  [
    '"Doe, Ann" <a@b.example>, c@d.example; Staff: e@f.example, g@h.example;',
    'a@b.example',
    'c@d.example',
    'e@f.example',
    'g@h.example',
  ],
  ['"a b"@c.example, <"q@r"@s.example>', '"a b"@c.example', '"q@r"@s.example'],
  ['=?utf-8?Q?bob@corp.local,_x?= <a@b.example>', 'a@b.example'],
  ['a@[192.0.2.1], b@[IPv6:::1]', 'a@[192.0.2.1]', 'b@[IPv6:::1]'],
  ['anna @ (at) corp .\r\n local', 'anna@corp.local'],
  ['first . last@corp.local', 'first.last@corp.local'],
  ['"a\r\n b"@corp.local', '"a b"@corp.local'],
  ['a\\\r\n @corp.local', 'a\\@corp.local'],
  ['anna@corp.local.', 'anna@corp.local'],
  ['<a@b.example> <c@d.example>', 'a@b.example', 'c@d.example'],
  ['a@b@corp.local', '?@corp.local'],
  ['x"y"@corp.local', '?@corp.local'],
  ['<@relay.example:a@corp.local>', '?@relay.example', 'a@corp.local'],
  ['a@corp.local"x"'],
  ['"Anna <anna@corp.local>', 'anna@corp.local'],
  ['(Anna anna@corp.local', 'anna@corp.local'],
  ['nobody, @, a@, <>, a@.b'],
] as const)
  test(`${JSON.stringify(text)} holds ${expected.join(' ') || 'none'}`, () => assert.deepEqual(found(text), expected));

const atom = fc.stringMatching(/^[a-z0-9!#$%&'*+/^_`{|}~-]{1,8}$/);
const local = fc.oneof(
  fc.array(atom, { minLength: 1, maxLength: 3 }).map((words) => words.join('.')),
  fc.stringMatching(/^[ a-z@,;:<>()]{1,8}$/).map((text) => `"${text}"`),
);
const domain = fc
  .array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'));
const name = fc.oneof(
  fc.constant(''),
  fc.stringMatching(/^[A-Za-z]{1,8}( [A-Za-z]{1,8})?$/),
  fc.stringMatching(/^[ a-z@,;<>]{0,12}$/).map((text) => `"${text}"`),
  fc.stringMatching(/^[a-z@_,.]{1,9}$/).map((text) => `=?utf-8?Q?${text}?=`),
);
const blank = fc.constantFrom('', ' ', '\r\n\t', ' (a@b.example \\) "x) ');
/** A list of mailboxes, and the addresses with the places where they stand. */
const list = fc
  .array(fc.record({ name, local, domain, before: blank, after: blank }), { minLength: 1, maxLength: 5 })
  .map((boxes) => {
    let text = '';
    const addresses: { readonly address: string; readonly start: number }[] = [];
    boxes.forEach(({ name, local, domain, before, after }, index) => {
      text += `${index === 0 ? '' : ','}${before}${name}${name === '' ? '' : ' <'}`;
      addresses.push({ address: `${local}@${domain}`, start: text.length });
      text += `${local}@${domain}${name === '' ? '' : '>'}${after}`;
    });
    return { text, addresses };
  });

test('each address of a list is found where it stands, and nothing else is', () => {
  fc.assert(
    fc.property(list, ({ text, addresses }) => {
      assert.deepEqual(
        addressSpans(text).map(({ start, end }) => ({ address: text.slice(start, end), start })),
        addresses,
      );
    }),
  );
});

test('what it finds is what the reader of lists finds, encoded words with commas apart', () => {
  fc.assert(
    fc.property(list, ({ text }) => {
      const { mailboxes, flaws } = readAddressList(text.replaceAll('\r\n', ''));
      if (flaws.length === 0 && !/=\?utf-8\?Q\?[^?]*[,@]/.test(text))
        assert.deepEqual(
          found(text),
          mailboxes.map(({ address }) => address),
        );
    }),
  );
});

test('any text is read, in order and without overlap', () => {
  const unit = fc.constantFrom(
    'a',
    'b',
    '.',
    '@',
    '"',
    '\\',
    '(',
    ')',
    '[',
    ']',
    '<',
    '>',
    ',',
    ':',
    ' ',
    '\r\n ',
    '=?x?q?',
    '?=',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      let from = 0;
      for (const { start, domainStart, end } of addressSpans(text)) {
        assert.ok(from <= start && start <= domainStart && domainStart < end && end <= text.length);
        from = end;
      }
    }),
  );
});

for (const hostile of ['(', '"', '[', '=?', '=?a?q?', '@', 'a@b', '\\', '.', '("', '=?a?q?x?= '])
  test(`a field full of ${JSON.stringify(hostile)} costs no more than its length`, () => {
    const began = performance.now();
    addressSpans(hostile.repeat(200_000));
    assert.ok(performance.now() - began < 2_000);
  });
