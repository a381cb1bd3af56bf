import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewScan, Records } from './records.ts';

/** The suite that every engine of `Records` passes. `open` gives an empty store. */
export function testRecords(engine: string, open: () => Promise<Records>): void {
  const kept = async (body: (records: Records) => Promise<void>) => {
    const records = await open();
    try {
      await body(records);
    } finally {
      await records.close();
    }
  };

  test(`${engine}: a scan comes back as it was added`, () =>
    kept(async (records) => {
      const id = await records.addScan(scanOf('a.example', { note: 'ümlaut \u202e "quoted"' }));
      assert.deepEqual(await records.scan(id), { id, ...scanOf('a.example', { note: 'ümlaut \u202e "quoted"' }) });
      assert.equal(await records.scan(id + 1), undefined);
    }));

  test(`${engine}: the last scan of a target is its newest, or the newest before another`, () =>
    kept(async (records) => {
      const first = await records.addScan(scanOf('a.example', { round: 1 }));
      await records.addScan(scanOf('b.example', {}));
      const second = await records.addScan(scanOf('a.example', { round: 2 }));
      assert.equal((await records.lastScan('a.example'))?.id, second);
      assert.equal((await records.lastScan('a.example', second))?.id, first);
      assert.equal(await records.lastScan('a.example', first), undefined);
      assert.equal(await records.lastScan("a.example' OR 1=1 --"), undefined);
    }));

  test(`${engine}: lists are newest first and bounded`, () =>
    kept(async (records) => {
      for (const target of ['a.example', 'b.example', 'a.example']) await records.addScan(scanOf(target, {}));
      assert.deepEqual(
        (await records.listScans({ limit: 2 })).map((s) => s.target),
        ['a.example', 'b.example'],
      );
      assert.equal((await records.listScans({ target: 'a.example', limit: 9 })).length, 2);
    }));

  test(`${engine}: the newest scan of every target is walked once, also while reports are replaced`, () =>
    kept(async (records) => {
      for (const target of ['b.example', 'a.example', 'a.example']) await records.addScan(scanOf(target, {}));
      const seen: string[] = [];
      for await (const scan of records.latestScans()) {
        seen.push(`${scan.target} ${scan.id}`);
        await records.setReport(scan.id, { judged: 'anew' }, 'F');
      }
      assert.deepEqual(seen, ['a.example 3', 'b.example 1']);
      const again = await records.scan(3);
      assert.deepEqual([again?.report, again?.grade, again?.dossier], [{ judged: 'anew' }, 'F', {}]);
    }));
}

function scanOf(target: string, dossier: object): NewScan {
  return {
    target,
    depth: 'polite',
    startedAt: '2026-11-25T08:00:00.000Z',
    finishedAt: '2026-11-25T08:00:02.500Z',
    grade: 'B',
    dossier,
    report: { schema: 'mailward/report/1', target },
  };
}
