/** Draws the pictures of a report for README: docs/img/report.png and report-dark.png. Wants the Debian package chromium. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { renderHtml } from '../src/report/html.ts';
import { BROWSER_FLAGS, chromiumPath } from '../test/harness/browser.ts';
import { exchange2007 } from '../test/reports/exchange-2007.ts';

const SIZE = { width: 1000, height: 1180 };

const executablePath = chromiumPath();
if (executablePath === undefined) {
  console.error('scripts/picture.ts wants the Debian package chromium');
  process.exit(1);
}
const images = join(import.meta.dirname, '..', 'docs', 'img');
const folder = mkdtempSync(join(tmpdir(), 'mailward-picture-'));
const browser = await chromium.launch({ executablePath, args: [...BROWSER_FLAGS] });
try {
  mkdirSync(images, { recursive: true });
  const file = join(folder, 'report.html');
  writeFileSync(file, renderHtml(exchange2007));
  for (const [colorScheme, name] of [
    ['light', 'report.png'],
    ['dark', 'report-dark.png'],
  ] as const) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme, deviceScaleFactor: 1.5 });
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: join(images, name) });
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
