import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

export interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** A page in a real browser, with everything it complained of and asked for beside itself. */
export interface Shown {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-browser-'));

/** Where a picture of this name goes. */
export function pictureOf(name: string): string {
  return join(folder, `${name}.png`);
}

export function startBrowser(executablePath: string): Promise<Browser> {
  // In containers, and as root, Chromium has no sandbox of its own; what it opens here is ours and runs nothing.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/**
 * Opens HTML from a file, as somebody who was sent it would. `inspected`: its policy lets the test's own scripts in.
 */
export async function show(browser: Browser, html: string, { width, scheme }: Look, inspected = false): Promise<Shown> {
  const file = join(folder, 'report.html');
  writeFileSync(file, html);
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    bypassCSP: inspected,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const url = pathToFileURL(file).href;
  page.on('request', (request) => void (request.url() === url || requests.push(request.url())));
  await page.goto(url);
  return { page, complaints, requests };
}
