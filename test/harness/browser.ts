import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { Browser } from 'playwright-core';

/** Where Debian's package `chromium`, and others, put the browser. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Keeps the browser from asking anybody anything. */
export const BROWSER_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The browser of this machine, or undefined. */
export function chromiumPath(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}

/** Runs `body` with a browser and closes it afterwards. Where there is none the test is skipped and says what it wants. */
export async function withBrowser(t: TestContext, body: (browser: Browser) => Promise<void>): Promise<void> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    t.skip('wants the Debian package chromium');
    return;
  }
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: [...BROWSER_FLAGS] });
  try {
    await body(browser);
  } finally {
    await browser.close();
  }
}
