import { z } from 'zod';
import { chartKind, REPOSITORY_URL } from '../domain/helm/chart-source.ts';
import { placeFields } from './place.ts';

/** Helm's own rule: at most 53 characters, because names of objects are made of it. */
export const helmName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?$/, 'must be 1 to 53 lower-case letters, digits, "-" and "."');

/** A release, as the tools helm_* name it. */
export const helmReleaseFields = { ...placeFields, name: helmName.describe('Name of the release.') };

export const revision = z.int().min(1).max(1_000_000);

/** A version or a range of versions. It follows an equals sign, so it cannot become a flag. */
export const versionRange = z
  .string()
  .regex(/^[\w.+*^~<>=|, -]{1,100}$/, 'must be a version or a range, as in 1.2.3 or ^1.2');
const repositoryUrl = z
  .string()
  .max(500)
  .regex(REPOSITORY_URL, 'must be an http:// or https:// URL without credentials');

export const chartFields = {
  chart: z
    .string()
    .max(500)
    .describe('./folder, ./file.tgz, repo/name, oci://registry/name, https://host/file.tgz, or a name with repo_url.'),
  version: versionRange.optional().describe('Version or range of the chart. Default: the newest stable one.'),
  repo_url: repositoryUrl.optional().describe('Repository of the chart, if chart is only a name.'),
};

/** The fault of a chart that no form fits, for `check`. */
export function chartProblems({
  chart,
  repo_url: repoUrl,
}: {
  readonly chart: string;
  readonly repo_url?: string | undefined;
}) {
  if (chartKind({ chart, repoUrl }) !== undefined) return [];
  const message =
    repoUrl === undefined
      ? 'must be ./folder, ./file.tgz, repo/name, oci://registry/name or https://host/file.tgz'
      : 'must be only a name, because repo_url is given';
  return [{ path: 'chart', message }];
}

export const valuesField = z
  .string()
  .max(1_000_000)
  .optional()
  .describe('Values as YAML or JSON, over those of the chart.');

/** The form has no `..` and begins with `./`, so a file is no flag and leads nowhere else. */
const valuesFile = z
  .string()
  .max(500)
  .regex(
    /^\.(\/[a-zA-Z0-9][a-zA-Z0-9._-]{0,252}){1,20}$/,
    'must be a file in the folder of charts, as in ./values/prod.yaml',
  );
export const valuesFilesField = z
  .array(valuesFile)
  .max(10)
  .optional()
  .describe('Files with values, as in ./values/prod.yaml: later ones over earlier ones, `values` over all.');

export const repositoryName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, ".", "_" and "-"');
export const repositoryFields = {
  name: repositoryName.describe('Name of the repository.'),
  url: repositoryUrl.describe('Its address.'),
};
