import { z } from 'zod';
import {
  ARGO_STRATEGIES,
  ARGO_STRATEGY_NAMES,
  ascends,
  DEFAULT_WEIGHTS,
  SWITCHED,
  WEIGHTED,
  type ArgoStrategy,
} from '../../domain/argo-strategies.ts';
import type { Problem } from '../../contract/parse.ts';
import { objectName, rolloutFields } from '../../contract/place.ts';
import type { Target } from '../../domain/release/target.ts';
import type { NewRollout } from '../../ports/rollout-objects.ts';

const DEFAULT_PORT = 8080;
const DEFAULT_REPLICAS = 2;
/** The name is a label of the pods and part of the names of Services. */
const LABEL = /^[a-z]([a-z0-9-]{0,53}[a-z0-9])?$/;

const image = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'must be an image reference such as registry/name:tag');
const label = (described: string) =>
  z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label: lower-case letters, digits and "-"')
    .optional()
    .describe(described);

export const newRolloutFields = z.strictObject({
  ...rolloutFields,
  name: z
    .string()
    .regex(LABEL, 'must be a DNS label of at most 55 characters: lower-case letters, digits and "-"')
    .describe('Name of the Rollout, and value of the label app of its pods.'),
  image: image.optional().describe('Image of its container; or give workload_ref.'),
  workload_ref: objectName.optional().describe('Name of a Deployment whose template it takes.'),
  strategy: z
    .enum(ARGO_STRATEGY_NAMES)
    .optional()
    .describe('rolling: canary pods without a traffic split. Default: the setting ARGO_DEFAULT_STRATEGY.'),
  replicas: z.int().min(0).max(1000).optional().describe('Default 2.'),
  port: z.int().min(1).max(65535).optional().describe('Of container and Services. Default 8080.'),
  container: label('Name of the container. Default app.'),
  weights: z
    .array(z.int().min(1).max(100))
    .min(1)
    .max(50)
    .optional()
    .describe('Percent, ascending; it waits to be promoted after each. Default 5, 10, 25, 50.'),
  stable_service: label('Stable or active Service. Default <name>-stable or -active.'),
  canary_service: label('Canary or preview Service. Default <name>-canary or -preview.'),
  traefik_service: objectName.optional().describe('Weighted TraefikService of a canary. Default <name>.'),
  analysis_templates: z
    .array(objectName)
    .max(10)
    .optional()
    .describe(
      `AnalysisTemplates: ${([WEIGHTED, SWITCHED] as const).map((name) => `${ARGO_STRATEGIES[name].analysis} of a ${name}`).join(', ')}.`,
    ),
  services_only: z
    .boolean()
    .optional()
    .describe('Make only the two Services, so that a route can be made over them first.'),
});
export type NewRolloutInput = z.output<typeof newRolloutFields>;

/** Faults that concern several fields together. */
export function problemsOf(input: NewRolloutInput, strategy: NewRollout['strategy']): Problem[] {
  const not = (path: keyof NewRolloutInput, allowed: boolean, message: string): Problem[] =>
    input[path] === undefined || allowed ? [] : [{ path, message }];
  const { stepped, writesWeights, services }: ArgoStrategy = ARGO_STRATEGIES[strategy];
  const split = services !== undefined;
  const template: Problem[] =
    (input.image === undefined) === (input.workload_ref === undefined)
      ? [{ path: 'image', message: 'give either image or workload_ref' }]
      : [];
  const same = servicesOf(input, strategy);
  return [
    ...template,
    ...not('container', input.workload_ref === undefined, 'the workload names its containers'),
    ...not('weights', stepped, `a ${strategy} Rollout has no steps`),
    ...not('traefik_service', writesWeights, `Argo writes no weights for ${strategy}`),
    ...(input.services_only && !split
      ? [{ path: 'services_only', message: 'a rolling update has no Services of its own' }]
      : []),
    ...not('stable_service', split, 'a rolling update has no Services of its own'),
    ...not('canary_service', split, 'a rolling update has no Services of its own'),
    ...(input.weights && !ascends(input.weights) ? [{ path: 'weights', message: 'must ascend' }] : []),
    ...(same && same.stable === same.candidate
      ? [{ path: 'canary_service', message: 'must be another Service than stable_service' }]
      : []),
    ...(input.analysis_templates && new Set(input.analysis_templates).size < input.analysis_templates.length
      ? [{ path: 'analysis_templates', message: 'names a template twice' }]
      : []),
  ];
}

function servicesOf(
  { name, stable_service, canary_service }: NewRolloutInput,
  strategy: NewRollout['strategy'],
): NewRollout['services'] {
  const { services }: ArgoStrategy = ARGO_STRATEGIES[strategy];
  if (!services) return undefined;
  const [stable, candidate] = services;
  return { stable: stable_service ?? `${name}-${stable}`, candidate: canary_service ?? `${name}-${candidate}` };
}

export function toNewRollout(target: Target, input: NewRolloutInput, strategy: NewRollout['strategy']): NewRollout {
  const services = servicesOf(input, strategy);
  const { stepped, writesWeights } = ARGO_STRATEGIES[strategy];
  const port = input.port ?? DEFAULT_PORT;
  return {
    target,
    strategy,
    template:
      input.workload_ref === undefined
        ? { image: input.image ?? '', container: input.container ?? 'app', port }
        : { deployment: input.workload_ref, port },
    replicas: input.replicas ?? DEFAULT_REPLICAS,
    weights: stepped ? (input.weights ?? DEFAULT_WEIGHTS) : [],
    ...(services ? { services } : {}),
    ...(writesWeights ? { traefikService: input.traefik_service ?? input.name } : {}),
    analysisTemplates: input.analysis_templates ?? [],
    servicesOnly: input.services_only ?? false,
  };
}
