import { describe, expect, test } from '@jest/globals';
import { buildReport } from '../../src/domain/report/build-report.ts';
import { withLive } from '../../src/domain/report/live-entries.ts';
import type { RecordEntry } from '../../src/domain/release/record.ts';
import { html } from '../../src/report/html.ts';
import { renderPage } from '../../src/report/page.ts';
import { aView } from '../support/fake-gateway.ts';
import { recordedRelease } from '../support/report/recorded-release.ts';

function pageOf(entries: readonly RecordEntry[]): string {
  const report = buildReport(entries);
  if (!report) throw new Error('no report');
  return renderPage(report);
}

const WORLD: readonly (readonly [string, readonly RecordEntry[]])[] = [
  ['a release that went well', recordedRelease()],
  [
    'one that was rolled back',
    recordedRelease({ candidate: { bad: 0.06, slow: 0.04 }, stable: { bad: 0.02, slow: 0.04 } }),
  ],
  ['one under way', recordedRelease({ endsIn: 2 })],
  ['one with fixed limits alone', recordedRelease().filter(({ kind }) => kind !== 'block')],
  ['one without any traffic', recordedRelease({ rate: 0, endsIn: 0 })],
  ['one that has just begun', withLive([], aView())],
];

describe.each(WORLD)('%s', (_, entries) => {
  const page = pageOf(entries);

  test('is one file that runs nothing and fetches nothing', () => {
    expect(page).toMatch(
      /http-equiv="content-security-policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;/,
    );
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|\son\w+=|javascript:|@import|url\(|https?:/i);
    expect(page.length).toBeLessThan(200_000);
  });

  test('has no number that is none', () => {
    expect(page.replace(/not a number/g, '')).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('every picture says in words what it shows, and every element that opens closes', () => {
    const pictures = page.match(/<svg role="img"[^>]*>/g) ?? [];
    for (const picture of pictures) expect(picture).toMatch(/aria-label="[^"]{10,}"/);
    for (const name of ['section', 'figure', 'div', 'svg', 'details', 'table', 'ol', 'ul', 'li', 'p', 'span']) {
      expect([name, page.match(new RegExp(`<${name}[ >]`, 'g'))?.length ?? 0]).toEqual([
        name,
        page.match(new RegExp(`</${name}>`, 'g'))?.length ?? 0,
      ]);
    }
  });
});

const ATTACK = `"><img src=x onerror=alert(1)></title></style><script>alert(1)</script>' onload='x & {{a}}`;

test('every text is data, wherever it comes from', () => {
  const poison = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return ['kind', 'state', 'outcome', 'effective', 'strategy', 'arm', 'key'].includes(key) ? value : ATTACK;
    if (Array.isArray(value)) return value.map((one) => poison(one, key));
    if (typeof value !== 'object' || value === null) return value;
    // Names of questions and labels are texts of others, too; those of fields are ours.
    const foreign = key === 'questions' || key === 'labels';
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [foreign ? `${ATTACK}${name}` : name, poison(field, name)]),
    );
  };

  const page = pageOf(recordedRelease().map((entry) => poison(entry, '') as RecordEntry));

  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toMatch(/<script|<img/);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  // Attributes stay what they are: each tag is a name, then pairs of a name and a quoted value.
  for (const [tag] of page.slice(page.indexOf('<body>')).matchAll(/<[a-z][^>]*>/g))
    expect(tag).toMatch(/^<[a-z][\w]*( [\w-]+="[^"<>]*")*( ?\/)?>$/);
});

test('only templates make HTML', () => {
  expect(html`<b title="${`"'<&>`}">${['<i>', html`<i>${1}</i>`, false, undefined, 0]}</b>`.text).toBe(
    '<b title="&quot;&#39;&lt;&amp;&gt;">&lt;i&gt;<i>1</i>0</b>',
  );
});
