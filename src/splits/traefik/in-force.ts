import { childName, CRD_PROVIDER, NAMINGS, weightedName, type Naming } from '../../domain/route/names.ts';
import type { ProxyWeights } from '../../domain/release/proof.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { ApiService } from './schema.ts';
import type { TraefikService } from './schema.ts';
import { UnknownToTraefik, type Replica } from './replicas.ts';
import { placeOf, type Arm } from './traefik-service.ts';

/** The candidate's share at one replica, in percent. A failure is a text in the result, never an exception. */
export async function weightOn(
  replica: Replica,
  object: TraefikService,
  arms: { readonly stable: Arm; readonly candidate: Arm },
): Promise<ProxyWeights> {
  try {
    const { service, naming, answer } = await readWeighted(replica, object);
    if (answer.error?.length || answer.status !== 'enabled')
      throw new Error(`${service} is ${answer.status ?? 'without status'}: ${answer.error?.join('; ') ?? ''}`);
    const stable = weightOf(answer, childName(placeOf(object.metadata, arms.stable.entry, arms.stable.index), naming));
    const candidate = weightOf(
      answer,
      childName(placeOf(object.metadata, arms.candidate.entry, arms.candidate.index), naming),
    );
    if (stable + candidate === 0) throw new Error('both weights are 0');
    return { replica: replica.name, candidate: (candidate * 100) / (stable + candidate) };
  } catch (error) {
    return { replica: replica.name, error: plainLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** Traefik does not report which naming it uses. The first name under which it knows the service is used. */
async function readWeighted(
  replica: Replica,
  { metadata: { namespace, name } }: TraefikService,
): Promise<{ service: string; naming: Naming; answer: ApiService }> {
  let unknown: unknown;
  for (const naming of NAMINGS) {
    const service = `${weightedName({ namespace, route: name }, naming)}${CRD_PROVIDER}`;
    try {
      const body = await replica.get(`/api/http/services/${encodeURIComponent(service)}`);
      return { service, naming, answer: ApiService.parse(JSON.parse(body)) };
    } catch (error) {
      if (!(error instanceof UnknownToTraefik)) throw error;
      unknown ??= error;
    }
  }
  throw unknown;
}

/** Inside a weighted service the names may or may not have their provider as a suffix. */
function weightOf(answer: ApiService, child: string): number {
  const found = answer.weighted?.services.find(({ name }) => name.replace(/@kubernetescrd$/, '') === child);
  if (!found) throw new Error(`it serves no weight for ${child}`);
  return found.weight;
}
