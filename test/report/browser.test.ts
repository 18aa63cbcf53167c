import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import { buildReport } from '../../src/domain/report/build-report.ts';
import { renderPage } from '../../src/report/page.ts';
import { barriers, overflow, styleOf, unfold } from '../support/report/in-page.ts';
import { pictureOf, show, startBrowser, type Look } from '../support/report/browser.ts';
import { recordedRelease, type Told } from '../support/report/recorded-release.ts';

const program = findChromium();
if (program === undefined)
  console.warn(
    'SKIPPED: there is no Chromium here, so nobody has looked at the report. Install it (Debian: apt-get install chromium), or set CHROME_BIN.',
  );

const RELEASES: Readonly<Record<string, Told>> = {
  good: {},
  bad: { candidate: { bad: 0.06, slow: 0.04 }, stable: { bad: 0.02, slow: 0.04 } },
  quiet: { rate: 0, endsIn: 0 },
};
const LOOKS: readonly Look[] = [
  { width: 360, scheme: 'dark' },
  { width: 360, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 1280, scheme: 'light' },
];

function pageOf(told: Told): string {
  const report = buildReport(recordedRelease(told));
  if (!report) throw new Error('no report');
  return renderPage(report);
}

(program === undefined ? describe.skip : describe)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser(program ?? '');
  }, 60_000);
  afterAll(() => browser.close());

  describe.each(Object.entries(RELEASES))('a %s release', (name, told) => {
    const html = pageOf(told);

    test.each(LOOKS)(
      '$scheme at $width px: nothing sticks out, nothing is fetched, nothing complains',
      async (look) => {
        const { page, complaints, requests } = await show(browser, html, look);

        const folded = await overflow(page);
        await page.screenshot({ path: pictureOf(`${name}-${look.scheme}-${look.width}`), fullPage: true });
        await unfold(page);

        expect([folded, await overflow(page)]).toEqual([
          { by: 0, elements: [] },
          { by: 0, elements: [] },
        ]);
        expect([complaints, requests]).toEqual([[], []]);
        expect(statSync(pictureOf(`${name}-${look.scheme}-${look.width}`)).size).toBeGreaterThan(20_000);
        await page.context().close();
      },
      60_000,
    );
  });

  test.each(LOOKS)(
    '$scheme at $width px: no barriers, with everything unfolded',
    async (look) => {
      const { page } = await show(browser, pageOf(RELEASES['bad'] ?? {}), look, true);
      await unfold(page);

      expect(await barriers(page, axe.source)).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  test('its policy stops scripts, even one that got into the page', async () => {
    const { page, complaints } = await show(
      browser,
      pageOf({ endsIn: 0 }).replace(
        '<main>',
        '<script>document.title = "owned"</script><img src="https://example.invalid/x.png"><main>',
      ),
      { width: 1280, scheme: 'light' },
    );

    expect(await page.title()).toMatch(/^shop\/web: /);
    expect(complaints).toEqual([
      expect.stringMatching(/script.*Content Security Policy/s),
      expect.stringMatching(/image.*Content Security Policy/s),
    ]);
    await page.context().close();
  }, 60_000);

  test('on paper it is black on white, though the screen is dark, and every picture is there', async () => {
    const { page } = await show(browser, pageOf({}), { width: 1280, scheme: 'dark' });
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    await page.emulateMedia({ media: 'print' });

    expect([await styleOf(page, 'body', 'background-color'), await styleOf(page, 'body', 'color')]).toEqual([
      'rgb(255, 255, 255)',
      'rgb(0, 0, 0)',
    ]);
    expect(await page.locator('figure svg[role=img]:visible').count()).toBe(7);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    // Its pictures, verdicts and events; not the figures behind them, of which nobody wants forty pages.
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect([pages >= 2, pages <= 8]).toEqual([true, true]);
    await page.context().close();
  }, 60_000);

  test('pictures keep their lines thin and their dots round, however wide they are', async () => {
    const { page } = await show(browser, pageOf({}), { width: 360, scheme: 'light' });

    for (const selector of ['.line.candidate', '.dot.proved', '.grid'])
      expect(await styleOf(page, `.plot ${selector}`, 'vector-effect')).toBe('non-scaling-stroke');
    expect(
      Math.min(
        ...(await Promise.all(
          (await page.locator('.plot > svg').all()).map(async (one) => (await one.boundingBox())?.width ?? 0),
        )),
      ),
    ).toBeGreaterThan(200);
    await page.context().close();
  }, 60_000);
});
