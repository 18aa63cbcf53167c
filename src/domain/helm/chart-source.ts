/** Where a chart comes from. */
export type ChartKind = 'local' | 'oci' | 'url' | 'repository' | 'repo_url';

/** A chart that a call names. */
export interface ChartSource {
  /**
   * `./charts/web` and `./web-1.0.0.tgz` are local, `oci://registry/team/web` is in a registry, `https://host/web.tgz` is
   * an archive, `team/web` is in a repository that Helm knows, and `web` is in the repository of `repoUrl`.
   */
  readonly chart: string;
  readonly version?: string | undefined;
  readonly repoUrl?: string | undefined;
}

const NAME = '[a-zA-Z0-9][a-zA-Z0-9._-]{0,252}';
const PORT = '(:\\d{1,5})?';
const HOST = `[a-zA-Z0-9][a-zA-Z0-9.-]{0,252}${PORT}`;
const FORMS: readonly (readonly [ChartKind, RegExp])[] = [
  ['local', new RegExp(`^\\./${NAME}(/${NAME}){0,20}$`)],
  ['oci', new RegExp(`^oci://${HOST}(/${NAME}){1,20}$`)],
  ['url', new RegExp(`^https?://${HOST}(/[\\w.~%+-]{1,253}){1,20}\\.tgz$`)],
  ['repository', new RegExp(`^${NAME}/${NAME}$`)],
  ['repo_url', new RegExp(`^${NAME}$`)],
];

/** Undefined for a text that names no chart. None of the forms can be read as a flag, or leave its folder. */
export function chartKind({ chart, repoUrl }: Pick<ChartSource, 'chart' | 'repoUrl'>): ChartKind | undefined {
  if (/(^|\/)\.\.?(\/|$)/.test(chart.replace(/^\.\//, ''))) return undefined;
  const [kind] = FORMS.find(([, form]) => form.test(chart)) ?? [];
  return (kind === 'repo_url') === (repoUrl !== undefined) ? kind : undefined;
}

/** Where Helm can reach a repository or a registry. No credentials: Helm keeps those itself. */
export const REPOSITORY_URL = new RegExp(`^https?://${HOST}(/[\\w.~%+-]{1,253}){0,20}/?$`);
