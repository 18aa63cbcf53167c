import { metaOf } from '../../domain/cluster-objects/api-object.ts';
import { common } from '../../domain/helm/stable-render.ts';
import { overlaid } from '../../domain/helm/values.ts';
import { hooksAt, type HelmReleaseAt, type HelmRevision } from '../../domain/helm/release.ts';
import type { HeldChart, HelmChange } from '../../ports/helm.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { CommandContext } from '../../commands/command.ts';
import { deployed } from './deployed.ts';
import type { HelmDraft } from './action.ts';
import { reading } from './limits.ts';
import { renderedObjects } from './rendered.ts';
import { valuesIn } from './yaml-documents.ts';

export interface AskedChart {
  readonly chart: string;
  readonly version?: string | undefined;
  readonly repo_url?: string | undefined;
  readonly values?: string | undefined;
  readonly values_files?: readonly string[] | undefined;
}

/** What an installation or an upgrade begins with. */
export interface Beginning {
  readonly at: HelmReleaseAt;
  readonly record?: HelmRecord | undefined;
  readonly from?: HelmRevision | undefined;
  /** The revision whose objects Helm compares with. */
  readonly base?: HelmRevision | undefined;
  readonly newNamespace?: boolean;
  readonly warnings: readonly string[];
}

/**
 * The draft of an installation or an upgrade, rendered by Helm without writing. It is rendered twice, so that values
 * that the chart makes at random are known.
 */
export function withRendered<T>(
  context: CommandContext,
  asked: AskedChart,
  beginning: Beginning,
  options: Omit<HelmChange, 'at' | 'chart' | 'values'>,
  use: (draft: HelmDraft) => Promise<T>,
): Promise<T> {
  const { helm } = context.ports;
  const call = reading(context);
  const source = { chart: asked.chart, version: asked.version, repoUrl: asked.repo_url };
  const given = valuesIn(asked.values);
  return helm.withChart(source, call, async (chart) => {
    const values = overlaid(await helm.fileValues(asked.values_files ?? []), given);
    const change: HelmChange = { ...options, at: beginning.at, chart, values };
    const to = await helm.render(change, call);
    const again = await helm.render(change, call);
    const wanted = renderedObjects(to.manifest);
    const draft: Omit<HelmDraft, 'settled'> = {
      ...beginning,
      to,
      present: beginning.base ? renderedObjects(beginning.base.manifest) : [],
      wanted,
      shape: common(wanted, renderedObjects(again.manifest)),
      takeOver: options.takeOver,
      hooks: hooksAt(to, options.how),
      crds: options.skipCrds ? [] : await crdsOf(context, chart),
      verbs: ['create', 'update'],
      write: async (limits) => (await helm.change(change, limits), {}),
    };
    return use({ ...draft, settled: (result, seconds) => deployed(context, draft, result, seconds) });
  });
}

async function crdsOf(context: CommandContext, chart: HeldChart): Promise<readonly string[]> {
  const text = await context.ports.helm.show(chart, 'crds', reading(context));
  return renderedObjects(text).map((crd) => metaOf(crd).name);
}
