import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Report } from '../../src/finding/report.ts';
import { compareReports } from '../../src/report/compare.ts';
import { renderDrillHtml } from '../../src/report/drill-html.ts';
import { renderDrillsHtml } from '../../src/report/drills-html.ts';
import { renderHtml } from '../../src/report/html.ts';
import { withBrowser } from '../harness/browser.ts';
import { hostileDrill, mixedDrill } from '../reports/drill.ts';
import { exchange2007 } from '../reports/exchange-2007.ts';
import { hostileReport } from '../reports/hostile.ts';
import { postfix } from '../reports/postfix.ts';
import { noSuchDomain, silentServer } from '../reports/unreachable.ts';

/** A report page in a real browser: nothing ugly, nothing unreachable, nothing that acts. */

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const earlier: Report = {
  ...exchange2007,
  startedAt: '2026-10-20T07:00:00Z',
  grade: 'E',
  score: 44,
  findings: exchange2007.findings.slice(1),
};
const pages: readonly (readonly [name: string, html: string])[] = [
  ['exchange', renderHtml(exchange2007, { comparison: compareReports(earlier, exchange2007) })],
  ['postfix', renderHtml(postfix)],
  ['gone', renderHtml(noSuchDomain)],
  ['silent', renderHtml(silentServer)],
  ['hostile', renderHtml(hostileReport())],
  ['drill', renderDrillHtml(mixedDrill)],
  ['hostile drill', renderDrillHtml(hostileDrill)],
  [
    'drills',
    renderDrillsHtml([
      { name: 'a server', before: mixedDrill, after: mixedDrill },
      { name: 'another server', before: hostileDrill, after: hostileDrill },
    ]),
  ],
];

interface Opened {
  readonly page: Page;
  /** Console messages and requests other than the page itself. */
  readonly noise: readonly string[];
}

async function withPages(
  browser: Browser,
  settings: { readonly width: number; readonly dark: boolean; readonly names?: readonly string[] },
  body: (name: string, opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-report-'));
  try {
    for (const [name, html] of pages) {
      if (settings.names?.includes(name) === false) continue;
      const file = join(folder, `${name}.html`);
      writeFileSync(file, html);
      const address = pathToFileURL(file).href;
      const context = await browser.newContext({
        viewport: { width: settings.width, height: 900 },
        colorScheme: settings.dark ? 'dark' : 'light',
      });
      const page = await context.newPage();
      const noise: string[] = [];
      page.on('console', (message) => noise.push(message.text()));
      page.on('dialog', (dialog) => {
        noise.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        if (request.url() !== address) noise.push(request.url());
      });
      await page.goto(address);
      await body(name, { page, noise });
      await context.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The pages that have every part, and the longest words. */
const FULL = ['exchange', 'hostile', 'drills'];
/** Colours do not depend on the width, so each width is looked at in one of the two schemes, and the short pages in one. */
const VIEWS = [
  { width: 360, dark: false, names: FULL },
  { width: 900, dark: true },
  { width: 1400, dark: false, names: FULL },
] as const;

/** What axe holds against the page as it stands. */
async function complaints(page: Page): Promise<unknown> {
  await page.evaluate(axe);
  return page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations.map((one) => one.id + ': ' + one.nodes[0].html))",
  );
}

test('a report page in a browser', async (t) => {
  await withBrowser(t, async (browser) => {
    for (const view of VIEWS)
      await t.test(`is sound at ${view.width} px, ${view.dark ? 'dark' : 'light'}`, () =>
        withPages(browser, view, async (name, { page, noise }) => {
          await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
          const over = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
          assert.ok(Number(over) <= 0, `${name}: ${over} px run off the side`);
          assert.deepEqual(await complaints(page), [], name);
          assert.deepEqual(noise, [], name);
        }),
      );

    await t.test('its policy forbids script, even script that got in', () =>
      withPages(browser, { width: 900, dark: false, names: FULL }, async (name, { page, noise }) => {
        const ran = await page.evaluate(
          "(() => { const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script); return window.ran === true; })()",
        );
        assert.equal(ran, false, name);
        assert.match(noise.join('\n'), /Content Security Policy/);
      }),
    );

    await t.test('the remedy of another platform is one key away, without script', () =>
      withPages(browser, { width: 900, dark: false, names: ['exchange'] }, async (_, { page }) => {
        const remedy = page.locator('fieldset.remedy').first();
        const exchange = remedy.getByText('ms-Exch-SMTP-Accept-Any-Recipient');
        const postfixOne = remedy.getByText('smtpd_relay_restrictions');
        assert.deepEqual([await exchange.isVisible(), await postfixOne.isVisible()], [true, false]);
        await remedy.getByRole('radio', { name: 'Exchange' }).focus();
        await page.keyboard.press('ArrowRight');
        assert.deepEqual([await exchange.isVisible(), await postfixOne.isVisible()], [false, true]);
      }),
    );

    await t.test('on paper every evidence is unfolded beside the remedy that was chosen, black on white', () =>
      withPages(browser, { width: 700, dark: true, names: ['exchange'] }, async (_, { page }) => {
        await page.emulateMedia({ media: 'print' });
        for (const words of ['250-X-ANONYMOUSTLS', 'Where {', 'CVE-2014-3956', 'Sent by Microsoft'])
          assert.equal(await page.getByText(words).first().isVisible(), true, words);
        assert.equal(await page.getByText('smtpd_relay_restrictions').first().isVisible(), false);
        assert.equal(await page.locator('nav').isVisible(), false);
        const paper = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
        assert.equal(paper, 'rgb(255, 255, 255)');
      }),
    );
  });
});
