import { metaOf, type ApiObject } from '../cluster-objects/api-object.ts';

const DEPLOYMENT = 'sluice.dev/converted-deployment';
const SERVICE = 'sluice.dev/converted-service';
const REPLICAS = 'sluice.dev/converted-replicas';

/** What a conversion was made from. */
export interface Conversion {
  /** The Deployment that the Rollout takes its template from. */
  readonly deployment: string;
  /** The Service that leads to the stable version. */
  readonly service: string;
  /** The number of pods that the Deployment had. */
  readonly replicas: number;
}

/** The annotations of each object that a conversion makes. With them it can go on, and back. */
export function conversionMarks({ deployment, service, replicas }: Conversion): Readonly<Record<string, string>> {
  return { [DEPLOYMENT]: deployment, [SERVICE]: service, [REPLICAS]: String(replicas) };
}

/** Undefined for an object that no conversion has made. */
export function conversionOf(object: ApiObject): Conversion | undefined {
  const { annotations = {} } = metaOf(object);
  const { [DEPLOYMENT]: deployment, [SERVICE]: service, [REPLICAS]: replicas } = annotations;
  if (deployment === undefined || service === undefined) return undefined;
  const count = Number(replicas);
  return { deployment, service, replicas: Number.isInteger(count) && count > 0 ? count : 1 };
}
