import { z } from 'zod';
import { duration } from '../../contract/duration.ts';
import { imageCheckNames, imageChecks, severity, severityNames } from '../../contract/image-checks.ts';
import { boolean, commaList, setting } from '../../contract/setting.ts';

const path = z.string().trim().min(1);
const registry = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*$/, 'must be a registry with a path, without a tag');
const megabytes = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'must be a whole number of MB from 1 to 9999')
  .transform(Number);

/** `github.com=env:GITHUB_TOKEN,git.example.com=file:/run/secrets/git` */
const credentials = commaList.transform((list, context) => {
  const entries = list.map((one) => {
    const [, host, from, name] = /^([A-Za-z0-9.-]+(?::\d{1,5})?)=(env|file):(\S+)$/.exec(one) ?? [];
    // The text may contain a credential by mistake, so it is not shown.
    if (host === undefined)
      context.addIssue({ code: 'custom', message: 'must look like host=env:NAME or host=file:PATH' });
    return [host ?? '', { from: from === 'env' ? ('env' as const) : ('file' as const), name: name ?? '' }] as const;
  });
  return Object.fromEntries(entries);
});

const keyPattern = /^(env|file):(\S+)$/;
const toKey = (text: string) => {
  const [, from, name = ''] = keyPattern.exec(text) ?? [];
  return { from: from === 'env' ? ('env' as const) : ('file' as const), name };
};
/** `env:SIGNING_KEY`. The text may contain a key by mistake, so it is not shown. */
const key = z.string().trim().regex(keyPattern, 'must look like env:NAME or file:PATH').transform(toKey);
const keys = commaList.pipe(z.array(key));

/** `node:24-bookworm-slim=node:24-bookworm-slim@sha256:…` */
const images = commaList.transform((list, context) => {
  const pairs = list.map((one) => {
    const [, name, pinned] = /^([\w./:-]+)=([\w./:-]+@sha256:[0-9a-f]{64})$/.exec(one) ?? [];
    if (name === undefined) context.addIssue({ code: 'custom', message: 'must look like image=image@sha256:<digest>' });
    return [name ?? '', pinned ?? ''] as const;
  });
  return Object.fromEntries(pairs);
});

const program = z
  .string()
  .trim()
  .regex(/(^|\/)(buildah|podman|docker)$/, 'must be buildah, podman or docker, or the path of one')
  .or(z.literal('').transform(() => undefined));

const ending = (names: readonly string[]) =>
  z
    .string()
    .trim()
    .refine((value) => names.some((name) => value === name || value.endsWith(`/${name}`)), {
      error: `must be ${names.join(' or ')}, or the path of it`,
    });

export const settings = {
  deployments: setting(
    'SLUICE_DEPLOYMENTS',
    path,
    '.',
    'Clone of the repository whose folder deployments/ onboarding writes to.',
  ),
  deploymentRegistry: setting(
    'SLUICE_DEPLOYMENT_REGISTRY',
    registry,
    'localhost:5000',
    'Registry, with its path, of the images of deployments. An image of another one is refused.',
  ),
  gitCredentials: setting(
    'SLUICE_GIT_CREDENTIALS',
    credentials,
    {},
    'Where the credential of each Git host is, as in github.com=env:GITHUB_TOKEN,git.example.com=file:/run/secrets/git. A value is a token, or user:password.',
  ),
  gitLocal: setting(
    'SLUICE_GIT_LOCAL',
    boolean,
    false,
    'Whether servers may read Git repositories at file:// addresses. The command line always may.',
  ),
  sourceMaxMegabytes: setting(
    'SLUICE_SOURCE_MAX_MB',
    megabytes,
    100,
    'The most that a Git repository may have at one commit, in MB.',
  ),
  builder: setting(
    'SLUICE_BUILDER',
    program,
    undefined,
    'Program that builds images: buildah, podman or docker, or its path. Unset: the command line takes the first one that is ready, and servers do not build.',
  ),
  buildTimeout: setting('SLUICE_BUILD_TIMEOUT', duration, '30m', 'Time limit of a build and of each push.'),
  requiredChecks: setting(
    'SLUICE_REQUIRED_CHECKS',
    imageChecks,
    ['secrets'],
    `Checks without which no image of a delivery is pushed, of ${imageCheckNames}. Another one that cannot run is only reported. What a check finds stops the delivery always.`,
  ),
  blockedSeverity: setting(
    'SLUICE_BLOCKED_SEVERITY',
    severity,
    'high',
    `The least severity of a vulnerability that stops a delivery: ${severityNames}. One of an unknown severity always does.`,
  ),
  sbomProgram: setting(
    'SLUICE_SBOM_PROGRAM',
    ending(['syft']),
    'syft',
    'Program that lists the packages of an image: syft, or its path.',
  ),
  signingKey: setting(
    'SLUICE_SIGNING_KEY',
    key.or(z.literal('').transform(() => undefined)),
    undefined,
    'Private key that signs the provenance of images: env:NAME or file:PATH of an ECDSA or Ed25519 key in PEM. Unset: images are not signed.',
  ),
  trustedKeys: setting(
    'SLUICE_TRUSTED_KEYS',
    keys,
    [],
    'Public keys, one of which has to have signed an image before it is deployed: env:NAME or file:PATH, separated by commas. Unset: the one of SLUICE_SIGNING_KEY; without both, signatures are not verified.',
  ),
  scanner: setting(
    'SLUICE_SCANNER',
    ending(['grype', 'osv-scanner']).or(z.literal('').transform(() => undefined)),
    undefined,
    'Program that knows vulnerabilities of packages: grype or osv-scanner, or its path. Unset: the first one on PATH.',
  ),
  baseImages: setting(
    'SLUICE_BASE_IMAGES',
    images,
    {},
    'Digests of base images for Dockerfiles, as in node:24-bookworm-slim=node:24-bookworm-slim@sha256:…, separated by commas.',
  ),
} as const;
