import { z } from 'zod';
import type { VersionSources } from '../domain/release/version-source.ts';
import { duration, toMs } from './duration.ts';
import { chartFields, chartProblems, helmName, valuesFilesField } from './helm.ts';
import type { Problem } from './parse.ts';
import { dnsName } from './target.ts';

const helm = z.strictObject({
  release: helmName.describe('Name of the release of Helm, in the namespace of the target.'),
  ...chartFields,
  values: z.record(z.string(), z.unknown()).optional().describe('Values, over those of the last revision. No secrets.'),
  values_files: valuesFilesField,
  reset_values: z.boolean().optional().describe('Values replace those of the last revision. Default false.'),
  take_over: z.boolean().optional().describe('Overwrite fields that another field manager has written.'),
  hook_timeout: duration.optional().describe('How long Helm waits for each hook. Default 1m.'),
});

const path = z
  .string()
  .max(400)
  .regex(/^[\w.-][\w./+@ -]*$/, 'must be the path of a file in the repository')
  .refine(
    (text) => text.split('/').every((part) => !['', '.', '..'].includes(part)),
    'must be the path of a file in the repository',
  );
const branch = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,190}$/, 'must be the name of a branch');

const flux = z.strictObject({
  kustomization: dnsName.describe('Name of the Kustomization that applies the target.'),
  namespace: dnsName.optional().describe('Its namespace. Default: that of the target.'),
  file: path.describe('The file in the repository of the Kustomization that holds the image or its tag.'),
  field: z
    .string()
    .regex(/^[\w-]+(\[\d{1,4}\])*(\.[\w-]+(\[\d{1,4}\])*){0,20}$/, 'must be a path such as images[0].newTag')
    .optional()
    .describe('The field, as in images[0].newTag. Default: found by the Rollout.'),
  helm_release: dnsName
    .optional()
    .describe('Name of the HelmRelease whose chart has the target. Default: the Kustomization applies the target.'),
  value: z
    .string()
    .regex(/^\w[\w.:/@-]{0,199}$/, 'must be a version such as 1.3.0')
    .optional()
    .describe('What the field becomes, as the version of a chart. Default: the image, or its tag.'),
  push_to: branch.optional().describe('Push the commit to this branch, and wait until somebody merges it.'),
});

/**
 * The fields of a release file for kinds of targets whose version comes from a source. Each field has the name of its
 * kind of target.
 */
export const sourceFields = {
  helm: helm.optional().describe('The version is an upgrade of this chart (target_kind: helm).'),
  flux: flux.optional().describe('The version is a commit, which Flux applies (target_kind: flux).'),
} as const;

type SourceFile = z.output<z.ZodObject<typeof sourceFields>>;
/** What else of a template a release file can change. */
const WHOLE = ['images', 'template'] as const;
const NAMES = Object.keys(sourceFields) as readonly (keyof SourceFile)[];

/** The kind of target that a source belongs to. Undefined if the file has no source. */
export function kindOfSource(file: SourceFile): string | undefined {
  return NAMES.find((name) => file[name] !== undefined);
}

/** Faults that the schema does not express. They are read from the raw file. */
export function sourceProblems(file: Readonly<Record<string, unknown>>): readonly Problem[] {
  const given = NAMES.filter((name) => file[name] !== undefined);
  const kind = file['target_kind'];
  const chart = helm.safeParse(file['helm']).data;
  const git = flux.safeParse(file['flux']).data;
  return [
    ...given.slice(1).map((path) => ({ path, message: `a version has one source; the file also has ${given[0]}` })),
    ...given
      .filter((name) => kind !== undefined && kind !== name)
      .map((path) => ({ path, message: `is for target_kind: ${path}, and the file has target_kind: ${String(kind)}` })),
    ...given
      .slice(0, 1)
      .flatMap((name) => WHOLE.filter((path) => file[path] !== undefined).map((path) => ({ path, name })))
      .map(({ path, name }) => ({
        path,
        message: `is not for a version from ${name}, whose source has the whole template`,
      })),
    ...NAMES.filter((name) => kind === name && file[name] === undefined).map((path) => ({
      path,
      message: `is missing; target_kind: ${path} needs it`,
    })),
    ...(git?.value !== undefined && git.field === undefined
      ? [{ path: 'flux.field', message: 'is missing; flux.value needs it' }]
      : []),
    ...(chart ? chartProblems(chart).map(({ path, message }) => ({ path: `helm.${path}`, message })) : []),
  ];
}

/** The checked fields of a file as fields of the release. */
export function toSources(file: SourceFile): VersionSources {
  return { ...(file.helm && { helm: toHelm(file.helm) }), ...(file.flux && { flux: toFlux(file.flux) }) };
}

function toFlux({ push_to: pushTo, helm_release: helmRelease, ...given }: NonNullable<SourceFile['flux']>) {
  const { namespace, field, value, ...file } = given;
  return {
    ...file,
    ...(helmRelease !== undefined && { helmRelease }),
    ...(value !== undefined && { value }),
    ...(namespace !== undefined && { namespace }),
    ...(field !== undefined && { field }),
    ...(pushTo !== undefined && { pushTo }),
  };
}

function toHelm(file: NonNullable<SourceFile['helm']>): NonNullable<VersionSources['helm']> {
  return {
    release: file.release,
    chart: file.chart,
    ...(file.version !== undefined && { version: file.version }),
    ...(file.repo_url !== undefined && { repoUrl: file.repo_url }),
    values: file.values ?? {},
    ...(file.values_files !== undefined && { valuesFiles: file.values_files }),
    resetValues: file.reset_values ?? false,
    takeOver: file.take_over ?? false,
    hookSeconds: toMs(file.hook_timeout ?? '1m') / 1000,
  };
}
