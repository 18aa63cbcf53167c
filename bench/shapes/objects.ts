import { complete, objectsOf, type AppObject } from '../../sandbox/apps/objects.ts';
import type { Shape } from './shape.ts';

export const NAMESPACE = 'shapes';
export const FIRST_IMAGE = 'shop:v1';

/** Plural names of the kinds that shapes have beside the usual application. */
const PLURALS: Readonly<Record<string, string>> = {
  AnalysisTemplate: 'analysistemplates',
  Deployment: 'deployments',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  Ingress: 'ingresses',
  IngressRoute: 'ingressroutes',
  Middleware: 'middlewares',
  PodDisruptionBudget: 'poddisruptionbudgets',
  ReplicaSet: 'replicasets',
  Service: 'services',
  TraefikService: 'traefikservices',
  VirtualService: 'virtualservices',
};

export interface Values {
  readonly image?: string;
  readonly prometheus: string;
}

/** All objects of a shape with its first image, in the order of creation. */
export function objectsOfShape(shape: Shape, values: Values): readonly AppObject[] {
  const app = complete({ name: shape.name, namespace: NAMESPACE, strategy: shape.base, image: FIRST_IMAGE });
  const usual = objectsOf({ ...app, steps: [25, 50] });
  const own = shape.objects.map((object) => placed(object as AppObject['object']));
  const [rollouts, others] = [usual.filter(isRollout), usual.filter((one) => !isRollout(one))];
  const all = [...others, ...own, ...rollouts].flatMap((one) => patched(shape, one));
  return filled(all, shape, values);
}

const isRollout = ({ object }: AppObject): boolean => object.kind === 'Rollout';

/** The kind that defines other kinds. It is in no namespace. */
const DEFINITION = 'CustomResourceDefinition';

function placed(object: AppObject['object']): AppObject {
  if (object.kind === DEFINITION)
    return { path: `/apis/${object.apiVersion}/customresourcedefinitions/${object.metadata.name}`, object };
  const plural = PLURALS[object.kind];
  if (plural === undefined) throw new Error(`The kind ${object.kind} has no plural name in bench/shapes/objects.ts.`);
  const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
  const { namespace = NAMESPACE, name } = object.metadata;
  const named = { ...object, metadata: { ...object.metadata, namespace } };
  return { path: `${root}/namespaces/${namespace}/${plural}/${name}`, object: named };
}

function patched({ name, rollout, traefikService, ingressRoute }: Shape, { path, object }: AppObject): AppObject[] {
  if (object.metadata.name !== name || object.metadata.namespace !== NAMESPACE) return [{ path, object }];
  const patches: Readonly<Record<string, object | null>> = {
    Rollout: rollout,
    TraefikService: traefikService,
    IngressRoute: ingressRoute,
  };
  const patch = patches[object.kind];
  if (patch === null) return [];
  return [{ path, object: patch === undefined ? object : (merged(object, patch) as AppObject['object']) }];
}

/** A JSON merge patch (RFC 7386). */
export function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** The same value with the words NAME, IMAGE and PROMETHEUS replaced in every text. */
export function filled<T>(value: T, { name }: Pick<Shape, 'name'>, { image = FIRST_IMAGE, prometheus }: Values): T {
  const text = JSON.stringify(value).replaceAll('PROMETHEUS', prometheus);
  return JSON.parse(text.replaceAll('NAME', name).replaceAll('IMAGE', image)) as T;
}
