import { metaOf, type ApiObject } from './api-object.ts';

/** A tool outside of Sluice that writes an object from a source of its own. */
export interface Manager {
  readonly tool: 'Helm' | 'Flux' | 'Argo CD' | 'controller';
  /** What manages it: "release shop/web", "Kustomization flux-system/apps". */
  readonly what: string;
  /** What the manager does about a change made here, as a sentence. */
  readonly willDo: string;
  /** It puts back what others change, so a change here needs a reason. */
  readonly reverts: boolean;
}

type Texts = Readonly<Record<string, string>>;
const FLUX = ['kustomize', 'helm'] as const;

/** The managers of an object, from its labels, annotations and owner references. */
export function managersOf(object: ApiObject): readonly Manager[] {
  const { labels = {}, annotations = {} } = metaOf(object);
  return [
    ...FLUX.flatMap((part) => flux(labels, part)),
    ...argoCd(labels, annotations),
    ...helm(labels, annotations),
    ...controllers(object),
  ];
}

function flux(labels: Texts, part: (typeof FLUX)[number]): readonly Manager[] {
  const name = labels[`${part}.toolkit.fluxcd.io/name`];
  if (name === undefined) return [];
  const kind = part === 'kustomize' ? 'Kustomization' : 'HelmRelease';
  const what = `${kind} ${labels[`${part}.toolkit.fluxcd.io/namespace`] ?? ''}/${name}`;
  const willDo =
    part === 'kustomize'
      ? `Flux puts the fields that are in its source back at the next reconciliation of the ${what}. Change the source, or suspend the ${what} first.`
      : `Flux overwrites this at the next upgrade of the ${what}, and at once if it corrects drift. Change its values, or suspend it first.`;
  return [{ tool: 'Flux', what, willDo, reverts: true }];
}

function argoCd(labels: Texts, annotations: Texts): readonly Manager[] {
  const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
  const name = tracked ?? labels['argocd.argoproj.io/instance'];
  if (name === undefined) return [];
  const willDo = `Argo CD shows Application ${name} as out of sync, and puts the object back at once if the Application heals itself. Change its source.`;
  return [{ tool: 'Argo CD', what: `Application ${name}`, willDo, reverts: true }];
}

function helm(labels: Texts, annotations: Texts): readonly Manager[] {
  const name = annotations['meta.helm.sh/release-name'];
  // Flux marks what its HelmReleases install in both ways.
  if (name === undefined || labels['helm.toolkit.fluxcd.io/name'] !== undefined) return [];
  const what = `release ${annotations['meta.helm.sh/release-namespace'] ?? ''}/${name}`;
  const willDo = `Helm does nothing until the next upgrade or rollback of ${what}, which overwrites the fields that its chart sets.`;
  return [{ tool: 'Helm', what, willDo, reverts: false }];
}

function controllers(object: ApiObject): readonly Manager[] {
  const owner = (metaOf(object).ownerReferences ?? []).find(({ controller }) => controller === true);
  if (!owner) return [];
  const what = `${owner.kind} ${owner.name}`;
  return [
    {
      tool: 'controller',
      what,
      willDo: `The controller of ${what} may put the object back at any time. Change ${what} instead.`,
      reverts: false,
    },
  ];
}
