import type { Page } from 'playwright-core';

// Code for the page is text, because the types of a browser's globals would apply to the whole repository.

/**
 * How far the page exceeds the width of the screen, and which elements cause it. Elements that scroll by themselves may
 * be wider.
 */
export function overflow(page: Page): Promise<{ readonly by: number; readonly elements: readonly string[] }> {
  return page.evaluate(`(() => {
    const wide = document.documentElement.clientWidth;
    const outside = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > wide + 1 && !one.closest('.scroll'));
    return { by: document.documentElement.scrollWidth - wide, elements: outside.map((one) => one.tagName + ' ' + one.textContent.slice(0, 40)) };
  })()`);
}

/** Opens all collapsed sections. */
export async function unfold(page: Page): Promise<void> {
  await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
}

/** The findings of axe: WCAG 2.2 A and AA, including contrast, and its best practices. */
export async function barriers(page: Page, axe: string): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')))`,
  );
}

/** One computed style of the first element that a selector finds. */
export function styleOf(page: Page, selector: string, name: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${name}')`);
}
