import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack, drill, hostileDrill, mixedDrill, one } from '../../test/reports/drill.ts';
import { DRILL_STAGES, OUTCOMES } from '../finding/drill-report.ts';
import { columnsOf } from './columns.ts';
import { renderDrillHtml } from './drill-html.ts';
import { drillJson } from './drill-json.ts';
import { renderDrill, renderPlan } from './drill-text.ts';
import { compareDrills, costWords, drillHeadline, turnWords } from './drill-words.ts';
import { renderDrillsHtml } from './drills-html.ts';

test('what got through stands first, with proof and remedy; what did not has a line', () => {
  const text = [...renderDrill(mixedDrill)].join('\n');
  const at = (name: string) => text.indexOf(name);
  assert.ok(
    at('e-harmed') < at('a-passed') && at('a-passed') < at('c-contained') && at('c-contained') < at('b-stopped'),
  );
  assert.match(text, /mended = yes/);
  assert.match(text, /S: 250 Ok/);
  assert.match(text, /^✓ b-stopped +at MAIL: 250 Ok$/m);
  assert.match(text, /authorised by Ann, a test/);
});

test('lines stay within the page, whatever its width', () => {
  for (const width of [40, 64, 80, 100]) {
    const wide = [
      ...renderDrill(mixedDrill, { width }),
      ...renderPlan(
        [
          {
            attack: 'open-relay',
            title: 'Asks',
            control: 'edge/no-relay',
            severity: 'high',
            cost: { connections: 3, messages: 1, bytes: 70_000, seconds: 4 },
          },
        ],
        { width },
      ),
    ].filter((line) => columnsOf(line) > width);
    assert.deepEqual(wide, [], `at ${width}`);
  }
});

test('nothing that a stranger sent acts on the reader, on a terminal or in a browser', () => {
  for (const line of renderDrill(hostileDrill, { verbose: true }))
    assert.ok(!/[\x00-\x1f\x7f-\x9f\u202e]/.test(line), JSON.stringify(line));
  const page = renderDrillHtml(hostileDrill);
  assert.ok(!/<script|<img|onerror=alert\(2\)>/.test(page));
  assert.ok(page.includes('&lt;script&gt;'));
});

test('the page holds every attack, its proof and its remedy', () => {
  const page = renderDrillHtml(mixedDrill);
  for (const { attack: name } of mixedDrill.attacks) assert.ok(page.includes(name), name);
  assert.match(page, /40 of 100/);
  assert.match(page, /mended = yes/);
});

test('a drill that ended early says so before anything else, and its score is no good one', () => {
  const early = { ...drill(one('b-stopped', 'stopped')), score: 100, endedEarly: 'the drill was interrupted' };
  assert.match(renderDrillHtml(early), /It ended early:<\/strong> the drill was interrupted/);
  assert.match(renderDrillHtml(early), /class="grade grade-fair"/);
  assert.match([...renderDrill(early)].join('\n'), /^It ended early: the drill was interrupted\./m);
});

test('attacks that were not run for one reason share it', () => {
  const because = 'no recipient is known';
  const skipped = drill(
    attack('d', { outcome: 'not-run', because: 'another' }),
    ...['e', 'f', 'g'].map((name) => attack(name, { outcome: 'not-run', because })),
  );
  assert.match([...renderDrill(skipped)].join('\n'), /^- no recipient is known\n {2}e, f, g\n- another\n {2}d$/m);
  assert.equal(renderDrillHtml(skipped).split(because).length, 2);
});

test('the page of several drills tells before from after, server by server', () => {
  const pair = (name: string) => ({
    name,
    before: drill(one('a-passed', 'passed')),
    after: drill(one('a-passed', 'stopped')),
  });
  const page = renderDrillsHtml([pair('One server'), pair('Another')]);
  assert.match(page, /Bare, 2 of 2 attacks got through; behind the edge none\./);
  assert.match(page, /One server<\/span><span class="turn-through">passed<\/span> → <strong>/);
  for (const title of ['One server: what got through', 'Another: what the edge met']) assert.ok(page.includes(title));
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'ids are unique');
});

test('JSON is the contract’s', () => {
  const json = JSON.parse(JSON.stringify(drillJson(mixedDrill)));
  assert.equal(json.schema, 'mailward/drill/1');
  for (const { attack: name, outcome, at } of json.attacks) {
    assert.ok(typeof name === 'string' && OUTCOMES.includes(outcome) && (at === null || DRILL_STAGES.includes(at)));
  }
});

test('the headline says the worst that is true', () => {
  assert.match(drillHeadline(mixedDrill), /out of service: e-harmed/);
  assert.equal(drillHeadline(drill(one('a', 'passed'), one('b', 'stopped'))), '1 of 2 attacks got through.');
  assert.equal(drillHeadline(drill(one('b', 'stopped'))), 'Nothing got through: 1 attack met.');
  assert.match(drillHeadline(drill(one('d', 'not-run'))), /nothing is proven/);
});

test('drills are compared attack by attack, in the order in which they were run', () => {
  const rows = compareDrills([
    { name: 'x', before: drill(one('a', 'passed'), one('b', 'passed')), after: drill(one('a', 'stopped')) },
    { name: 'y', before: drill(one('c', 'passed')), after: drill(one('c', 'contained'), one('a', 'stopped')) },
  ]);
  assert.deepEqual(
    rows.map(({ attack: name, turns }) => [name, ...turns.map(turnWords)]),
    [
      ['a', 'passed → stopped', '– → stopped'],
      ['b', 'passed → –', '–'],
      ['c', '–', 'passed → contained'],
    ],
  );
});

test('a cost is told in units a person reads', () => {
  assert.equal(costWords({ connections: 1, messages: 0, bytes: 300, seconds: 1 }), '1 connection, 300 B and 1 s');
  assert.equal(
    costWords({ connections: 3, messages: 2, bytes: 2_097_152, seconds: 5 }),
    '3 connections, 2 messages, 2.1 MB and 5 s',
  );
});
