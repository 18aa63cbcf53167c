import { z } from 'zod';
import { deploymentName, deploymentVersion } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import { valuesOf } from '../../contract/setting.ts';
import { SluiceError } from '../../domain/errors.ts';
import { imageParts } from '../../domain/onboarding/image-reference.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { withImage } from '../../onboarding/deployment-text.ts';
import { rendered } from './delivery-render.ts';
import { folderOf } from './folder.ts';
import { settings } from './settings.ts';

const input = z.strictObject({
  name: deploymentName.describe('Name of the deployment.'),
  tag: deploymentVersion.optional().describe('A further tag, beside the version and latest.'),
});
const output = z.strictObject({
  changed: z.boolean().describe('False: the registry had this image already.'),
  effective: z.enum(['proved', 'pending']).describe('pending: the registry shows images only after a login.'),
  reason: z.string(),
  image: z.string().describe('With its digest. deployment.yaml and the Kubernetes files name it now.'),
  tags: z.array(z.string()),
  builder: z.string(),
  seconds: z.number(),
  log: z.string().describe('File with the lines of the build.'),
});

export const deliveryBuild: Command<typeof input, typeof output> = {
  name: 'delivery_build',
  title: 'Build and push an image',
  description:
    'Builds the image of a deployment from source/ and Dockerfile of the working tree with buildah, podman or docker, pushes it with the tags of the version and latest, reads its digest back from the registry, and writes it to deployment.yaml and the Kubernetes files. A server builds only if SLUICE_BUILDER is set.',
  kind: 'write',
  idempotent: true,
  toolset: 'delivery',
  positional: ['name', 'tag'],
  input,
  output,
  examples: [{ title: 'The version of deployment.yaml', input: { name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  run: (context, { name, tag }) => built(context, name, tag),
  text: ({ image, tags, builder, seconds, log, ...outcome }) =>
    [
      outcomeText(outcome),
      `${image}, built by ${builder} in ${seconds} s`,
      ...tags.map((tag) => `  ${tag}`),
      `Log: ${log}`,
    ].join('\n'),
};

async function built(context: CommandContext, name: string, tag: string | undefined): Promise<z.output<typeof output>> {
  requireBuilder(context);
  const { delivery, signal, ports } = context;
  const { deployment } = await folderOf(context, name);
  const { name: repository } = imageParts(deployment.image);
  const [version, ...more] = [deployment.version, 'latest', ...(tag === undefined ? [] : [tag])];
  const first = `${repository}:${version}`;
  const tags = [first, ...more.map((one) => `${repository}:${one}`)];
  await delivery.registry.reach(first);
  const before = await delivery.registry.read(first);
  const { folder, sourceDate } = await delivery.deployments.place(name);
  const began = ports.now();
  const asked = { context: `${folder}/source`, dockerfile: `${folder}/Dockerfile`, tags, sourceDate };
  const show = (line: string): void => void context.progress(line);
  const { id, builder, log } = await delivery.builder.build(asked, show, signal);
  const digest = await delivery.builder.push({ tags, id, builder }, show, signal);
  const seconds = Math.round((ports.now() - began) / 100) / 10;
  const image = `${first}@${digest}`;
  await written(context, name, image);
  return {
    changed: before.digest !== digest,
    ...(await readBack(context, first, digest)),
    image,
    tags,
    builder,
    seconds,
    log,
  };
}

/** A build runs code of the source on this machine, so a server does it only where that is wanted. */
export function requireBuilder({ caller, settings: all }: CommandContext): void {
  const { builder } = valuesOf(settings, all);
  if (caller.kind === 'cli' || builder !== undefined) return;
  const what = caller.kind === 'worker' ? 'worker' : 'server';
  throw new SluiceError('BUILDER_MISSING', `This ${what} does not build images, because SLUICE_BUILDER is not set.`, {
    next: `Set SLUICE_BUILDER on the ${what}, or build with \`sluice delivery build\`.`,
  });
}

/** What the registry shows of a pushed image. */
export async function readBack(
  { delivery }: CommandContext,
  tag: string,
  digest: string,
): Promise<{ effective: 'proved' | 'pending'; reason: string }> {
  const shown = await delivery.registry.read(tag);
  if (shown.digest === digest) return { effective: 'proved', reason: `the registry shows ${digest} at ${tag}` };
  const why = shown.hidden ? 'it shows images only after a login' : `it shows ${shown.digest ?? 'no image'} at ${tag}`;
  return { effective: 'pending', reason: `${digest} was pushed, and the registry does not confirm it: ${why}` };
}

/** What runs is what was built: the files name the image by its digest. */
async function written(context: CommandContext, name: string, image: string): Promise<void> {
  const { present } = await folderOf(context, name);
  const { deploymentRegistry } = valuesOf(settings, context.settings);
  const old = present['deployment.yaml'] ?? '';
  const { text } = withImage(old, image, deploymentRegistry);
  if (text !== old)
    await context.delivery.deployments.writeFolder(name, [{ path: 'deployment.yaml', text, executable: false }]);
  await rendered(context, name);
}
