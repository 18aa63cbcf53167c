import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

export interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** A page in a real browser, with all its errors and all its requests to other addresses. */
export interface Shown {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-browser-'));

/** The file for a screenshot of this name. */
export function pictureOf(name: string): string {
  return join(folder, `${name}.png`);
}

export function startBrowser(executablePath: string): Promise<Browser> {
  // In containers, and as root, Chromium's sandbox does not work. The pages here come from these tests and run no
  // script.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/**
 * Opens HTML from a file, as the recipient of a report would. `inspected`: its policy also allows the test's own
 * scripts.
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
