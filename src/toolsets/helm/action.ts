import type { z } from 'zod';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { HelmHook, HelmReleaseAt, HelmRevision } from '../../domain/helm/release.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { HelmCall } from '../../ports/helm.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Settled } from './settled.ts';

/** A change of a release, made from the release as it is. Nothing is written yet. */
export interface HelmDraft {
  readonly at: HelmReleaseAt;
  /** The record of the newest revision. Absent if there is no release. */
  readonly record?: HelmRecord | undefined;
  readonly from?: HelmRevision | undefined;
  /** The revision that Helm will store. Absent if it stores none. */
  readonly to?: Pick<HelmRevision, 'revision' | 'chart' | 'values'> | undefined;
  /** The objects that Helm counts as those of the release. */
  readonly present: readonly ApiObject[];
  /** The objects that it will have. */
  readonly wanted: readonly ApiObject[];
  /** What is planned, without what differs at each rendering. It is `wanted` for objects. */
  readonly shape: unknown;
  /** Its namespace does not exist yet, so nothing in it can be tried. */
  readonly newNamespace?: boolean;
  readonly takeOver?: boolean | undefined;
  /** The release itself goes. Helm then reads in its manifest which objects it keeps, otherwise on the objects. */
  readonly uninstalls?: true;
  /** The hooks that will run. */
  readonly hooks: readonly HelmHook[];
  /** Names of the CRDs of the chart. */
  readonly crds: readonly string[];
  readonly warnings: readonly string[];
  /** What Helm does with the Secrets in which it keeps the release. */
  readonly verbs: readonly ('create' | 'update' | 'delete' | 'patch')[];
  /** Carries it out. Errors: those of the port. */
  write(call: HelmCall): Promise<Written>;
  /** What came of it, from what is read back. `failure`: why Helm ended with an error. */
  settled(result: { readonly written?: Written; readonly failure?: string }, seconds: number): Promise<Settled>;
}

export interface Written {
  /** The result of a test. */
  readonly passed?: boolean;
  readonly output?: string;
}

/** What one write tool does. Each has its own file; helm_plan knows them all. */
export interface HelmAction<S extends z.ZodObject = z.ZodObject> {
  /** The end of the tool's name: `upgrade`. */
  readonly name: string;
  /** The fields that say what to change. */
  readonly fields: S;
  /** Further faults of an input. */
  problems?(this: void, input: z.output<S>): readonly { readonly path: string; readonly message: string }[];
  /**
   * Makes the draft and gives it to `use`, while the chart is at hand. Errors: HELM_RELEASE_NOT_FOUND,
   * HELM_RELEASE_HELD, ALREADY_EXISTS, NOT_APPLICABLE, INVALID_INPUT, and those of the ports.
   */
  within<T>(context: CommandContext, input: z.output<S>, use: (draft: HelmDraft) => Promise<T>): Promise<T>;
}
