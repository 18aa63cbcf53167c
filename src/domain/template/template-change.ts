import type { Difference } from '../cluster-objects/differences.ts';
import type { TemplateOperation } from './operations.ts';

/** The whole change of a pod template, images included, as the API server has answered it in a dry run. */
export interface TemplateChange {
  /** Digests of the template before and after the release. */
  readonly from: string;
  readonly to: string;
  /** What makes each of the other. They apply to a template of the right digest only. */
  readonly forward: readonly TemplateOperation[];
  readonly back: readonly TemplateOperation[];
}

/** One direction of it. */
export interface TemplateStep {
  readonly from: string;
  readonly to: string;
  readonly operations: readonly TemplateOperation[];
}

/** What a plan finds. `fields`: the changes for people, without images. Their values are masked. */
export type TemplateFound =
  | { readonly change: TemplateChange; readonly fields: readonly Difference[] }
  | { readonly problem: string; readonly next: string };

/** Whether more of the template changes than images. */
export function changesFields(found: TemplateFound | undefined): found is Extract<TemplateFound, { change: unknown }> {
  return found !== undefined && 'fields' in found && found.fields.length > 0;
}

export function forwardStep({ from, to, forward }: TemplateChange): TemplateStep {
  return { from, to, operations: forward };
}

export function backStep({ from, to, back }: TemplateChange): TemplateStep {
  return { from: to, to: from, operations: back };
}

/**
 * The name of a version by which a release recognises it in the template: the image alone, unless the release changes
 * more.
 */
export function versionName(image: string, digest: string | undefined): string {
  return digest === undefined ? image : `${image} with the template ${digest}`;
}

interface Versions {
  readonly fromImage: string;
  readonly toImage: string;
  readonly template?: TemplateChange;
}

export function newVersion({ toImage, template }: Versions): string {
  return versionName(toImage, template?.to);
}

export function oldVersion({ fromImage, template }: Versions): string {
  return versionName(fromImage, template?.from);
}
