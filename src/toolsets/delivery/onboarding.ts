import { valuesOf } from '../../contract/setting.ts';
import { SluiceError } from '../../domain/errors.ts';
import { detect } from '../../domain/onboarding/detect.ts';
import { gitRef } from '../../domain/onboarding/git-url.ts';
import type { Service } from '../../domain/onboarding/service.ts';
import { refWarning } from '../../domain/onboarding/version-tag.ts';
import { hashOf } from '../../onboarding/mark.ts';
import { planDeployment, type DeploymentPlan } from '../../onboarding/plan.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { DeploymentState } from '../../ports/deployments.ts';
import type { OpenSource } from '../../ports/source-repositories.ts';
import type { AskedInput } from './asked.ts';
import { settings } from './settings.ts';

/** A repository that was read, and what onboarding would write for it. */
export interface Onboarding {
  readonly open: OpenSource;
  readonly service: Service;
  readonly plan: DeploymentPlan;
  readonly branch: string;
  /** Undefined if there is no repository to write to. `unwritable` says why. */
  readonly state: DeploymentState | undefined;
  readonly unwritable?: SluiceError;
  /** It stands for the source, for the files and for the commit that they follow. */
  readonly digest: string;
  /** Whether a write would change something. */
  readonly changes: boolean;
}

/**
 * Reads the repository and the present deployment, and plans. `use` gets the result while the source is still there.
 * Errors: those of the ports, of `detect` and of `planDeployment`.
 */
export async function onboarding<T>(
  context: CommandContext,
  asked: AskedInput,
  use: (onboarding: Onboarding) => Promise<T>,
): Promise<T> {
  const { gitLocal } = valuesOf(settings, context.settings);
  const { git_url: url, ref, version, folder } = asked;
  const branch = branchOf(asked);
  await context.progress(`reading ${url}`);
  const local = context.caller.kind === 'cli' || gitLocal;
  const open = await context.delivery.sources.open({ url, ref, version, folder, local }, context.signal);
  try {
    return await use(await planned(context, asked, open, branch));
  } finally {
    await open.close();
  }
}

async function planned(
  context: CommandContext,
  asked: AskedInput,
  open: OpenSource,
  branch: string,
): Promise<Onboarding> {
  const { deploymentRegistry: registry, baseImages } = valuesOf(settings, context.settings);
  const service = detect(open.source, asked);
  const read = await presentState(context, asked.name, branch);
  const { name, version, host, replicas } = asked;
  const wanted = { name, version, registry, namespace: asked.namespace ?? name, host, replicas };
  const bridge = service.mcp?.bridged ? await context.delivery.bridge.read() : undefined;
  const materials = { pinned: baseImages, bridge };
  const files = planDeployment(open.source, service, wanted, read.state?.files ?? {}, materials);
  const ofRef = refWarning(asked.ref, open.source.ref, version);
  const plan = ofRef === undefined ? files : { ...files, warnings: [ofRef, ...files.warnings] };
  const changed = plan.files.some(({ action }) => action !== 'same' && action !== 'keep');
  return {
    open,
    service,
    plan,
    branch,
    ...read,
    digest: digestOf(open, plan, branch, read.state),
    changes: changed || read.state?.sourceTree !== open.objects.tree,
  };
}

/** The branch that the deployment is written to. */
export function branchOf({ branch, name, version }: Pick<AskedInput, 'branch' | 'name' | 'version'>): string {
  return gitRef(branch ?? `${name}-${version}`);
}

/** The deployment as its branch has it. A plan needs no repository to write to. */
export async function presentState(
  { delivery }: CommandContext,
  name: string,
  branch: string,
): Promise<{ state: DeploymentState | undefined; unwritable?: SluiceError }> {
  try {
    return { state: await delivery.deployments.read(name, branch) };
  } catch (error) {
    if (!(error instanceof SluiceError && ['REPOSITORY_NOT_FOUND', 'REPOSITORY_NOT_CLEAN'].includes(error.code)))
      throw error;
    return { state: undefined, unwritable: error };
  }
}

function digestOf(
  { source, objects }: OpenSource,
  { files }: DeploymentPlan,
  branch: string,
  state: DeploymentState | undefined,
): string {
  const written = files.map(({ path, text, action, executable }) => [path, action, executable, hashOf(text)]);
  return hashOf(JSON.stringify([source.url, source.commit, objects.tree, branch, state?.base, written]));
}
