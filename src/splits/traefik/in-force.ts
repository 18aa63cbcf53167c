import { CRD_PROVIDER, traefikName } from '../../domain/route/names.ts';
import type { ProxyWeights } from '../../domain/release/proof.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { ApiService } from './schema.ts';
import type { TraefikService, WeightedEntry } from './schema.ts';
import type { Replica } from './replicas.ts';
import type { Arm } from './traefik-service.ts';

function childName(object: TraefikService, { namespace, name, port }: WeightedEntry): string {
  return traefikName(namespace ?? object.metadata.namespace, name, port ?? '');
}

/** The candidate's share that one replica serves. Every failure is a text in the answer, never an exception. */
export async function weightOn(
  replica: Replica,
  object: TraefikService,
  arms: { readonly stable: Arm; readonly candidate: Arm },
): Promise<ProxyWeights> {
  const service = `${traefikName(object.metadata.namespace, object.metadata.name)}${CRD_PROVIDER}`;
  try {
    const answer = ApiService.parse(JSON.parse(await replica.get(`/api/http/services/${encodeURIComponent(service)}`)));
    if (answer.error?.length || answer.status !== 'enabled')
      throw new Error(`${service} is ${answer.status ?? 'without status'}: ${answer.error?.join('; ') ?? ''}`);
    const stable = weightOf(answer, childName(object, arms.stable.entry));
    const candidate = weightOf(answer, childName(object, arms.candidate.entry));
    if (stable + candidate === 0) throw new Error('both weights are 0');
    return { replica: replica.name, candidate: (candidate * 100) / (stable + candidate) };
  } catch (error) {
    return { replica: replica.name, error: plainLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** Inside a weighted service Traefik may or may not qualify the names by their provider. */
function weightOf(answer: ApiService, child: string): number {
  const found = answer.weighted?.services.find(({ name }) => name.replace(/@kubernetescrd$/, '') === child);
  if (!found) throw new Error(`it serves no weight for ${child}`);
  return found.weight;
}
