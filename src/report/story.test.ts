import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { HOSTILE } from '../../test/reports/hostile.ts';
import { columnsOf } from './columns.ts';
import { renderStep, renderStory, type StoryStep } from './story.ts';

const story = (text: string): readonly StoryStep[] => [
  {
    title: 'Read the public records',
    lines: [
      { kind: 'text', text },
      { kind: 'fact', name: 'contoso.example', value: '10 mail.contoso.example', mark: 'good' },
      { kind: 'fact', name: text, value: text },
    ],
  },
  {
    title: text,
    lines: [
      { kind: 'said', from: 'client', text: 'HELP' },
      { kind: 'said', from: 'server', text },
      { kind: 'text', text: 'Named.', mark: 'bad' },
      { kind: 'table', head: [text, 'Before', text], rows: [{ cells: ['a', text, text], mark: 'good' }] },
      { kind: 'command', text: 'mailward scan contoso.example' },
    ],
  },
];

test('steps are numbered, facts share their columns, outcomes are marked', () => {
  assert.deepEqual(
    [...renderStory(story('Anyone may.'))],
    [
      '',
      ' 1  Read the public records',
      '    Anyone may.',
      '    ✓ contoso.example  10 mail.contoso.example',
      '      Anyone may.      Anyone may.',
      '',
      ' 2  Anyone may.',
      '      C: HELP',
      '      S: Anyone may.',
      '    ✗ Named.',
      '      Anyone may.  Before       Anyone may.',
      '    ✓ a            Anyone may.  Anyone may.',
      '      mailward scan contoso.example',
    ],
  );
});

test('a table that is too wide becomes a list', () => {
  const table = (before: string): StoryStep => ({
    title: 't',
    lines: [{ kind: 'table', head: ['Attack', 'Old server'], rows: [{ cells: ['relay', before], mark: 'bad' }] }],
  });
  const rows = (step: StoryStep) => [...renderStep(step, 1, { width: 40 })].slice(2);
  assert.deepEqual(rows(table('passed')), ['      Attack  Old server', '    ✗ relay   passed']);
  assert.deepEqual(rows(table('passed '.repeat(5).trim())), [
    '    ✗ relay',
    '        Old server: passed passed passed',
    '        passed passed',
  ]);
});

test('a step can be told alone, while it happens', () => {
  const [first] = story('x');
  assert.deepEqual([...renderStep(first!, 7)].slice(0, 2), ['', ' 7  Read the public records']);
});

test('hostile text neither acts nor widens the page, and colour changes nothing but colour', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(HOSTILE), fc.string({ unit: 'binary', maxLength: 100 })),
      fc.integer({ min: 40, max: 100 }),
      (text, width) => {
        const plain = [...renderStory(story(text), { width })];
        for (const line of plain) {
          assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]|\p{Cs}/u);
          assert.ok(columnsOf(line) <= width, line);
        }
        const coloured = [...renderStory(story(text), { width, colour: true })].map(stripVTControlCharacters);
        assert.deepEqual(coloured, plain);
      },
    ),
    { numRuns: 60 },
  );
});
