import type { Counts, VersionCounts } from './page.ts';

type Page = ReadonlyMap<string, VersionCounts>;

/** The page with the counters of the page before where none has changed. Pages of many minutes are kept in memory. */
export function sharing(page: Page, before: Page | undefined): Page {
  if (!before) return page;
  return new Map([...page].map(([version, tools]) => [version, sharingTools(tools, before.get(version))]));
}

function sharingTools(tools: VersionCounts, before: VersionCounts | undefined): VersionCounts {
  if (!before) return tools;
  const shared = new Map(
    [...tools].map(([tool, counts]) => {
      const last = before.get(tool);
      return [tool, last && equal(last, counts) ? last : counts];
    }),
  );
  return shared.size === before.size && [...shared].every(([tool, counts]) => before.get(tool) === counts)
    ? before
    : shared;
}

function equal(a: Counts, b: Counts): boolean {
  return equalValues(a.outcomes, b.outcomes) && equalValues(a.buckets, b.buckets);
}

function equalValues(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const names = Object.keys(b);
  return names.length === Object.keys(a).length && names.every((name) => a[name] === b[name]);
}
