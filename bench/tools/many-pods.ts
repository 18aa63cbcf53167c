import { applyNamespace, clientOf } from '../../sandbox/apps/applications.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { applyAll } from './apply-all.ts';
import type { Launch } from './contenders.ts';
import { mostDuring, residentMib } from './memory.ts';
import { StdioWire } from './stdio-wire.ts';
import { handshake } from './wire.ts';

const PAGE = 500;

/** Memory of a server of ours while it lists many pods, page by page, in MiB. */
export interface PodsMemory {
  readonly pods: number;
  readonly restMib: number;
  readonly mostMib: number;
}

/** `launch`: a server of ours with the tools of Kubernetes. The pods are on no node. */
export async function listManyPods(
  sandbox: Sandbox,
  launch: Launch,
  pods: number,
  closers: Closers,
): Promise<PodsMemory> {
  const api = clientOf(sandbox);
  const namespace = `bench-pods-${process.pid}`;
  closers.add(namespace, async () => void (await api.remove(`/api/v1/namespaces/${namespace}`)));
  await applyNamespace(api, namespace);
  const names = Array.from({ length: pods }, (_, index) => `pod-${String(index).padStart(5, '0')}`);
  await applyAll(api, `/api/v1/namespaces/${namespace}/pods`, names, (name) => pod(name, namespace));
  const wire = new StdioWire(launch);
  closers.add('sluice with Kubernetes', () => wire.close());
  await handshake(wire);
  await page(wire, namespace);
  const restMib = residentMib(wire.pid);
  const mostMib = await mostDuring(wire.pid, async () => {
    let listed = 0;
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const answer = await page(wire, namespace, cursor);
      listed += answer.rows.length;
      cursor = answer.cursor;
    }
    if (listed !== pods) throw new Error(`k8s_list listed ${listed} of ${pods} pods.`);
  });
  return { pods, restMib, mostMib };
}

interface Page {
  readonly rows: readonly unknown[];
  readonly cursor?: string;
}

async function page(wire: StdioWire, namespace: string, cursor?: string): Promise<Page> {
  const args = { kind: 'pods', namespace, limit: PAGE, max_bytes: 60_000, ...(cursor !== undefined && { cursor }) };
  const { result } = await wire.request('tools/call', { name: 'k8s_list', arguments: args });
  if (result['isError'] === true) throw new Error(`k8s_list failed: ${JSON.stringify(result).slice(0, 300)}`);
  return result['structuredContent'] as Page;
}

/** No scheduler knows this one, so the pod stays where it is. */
function pod(name: string, namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: 'many' } },
    spec: { schedulerName: 'none', containers: [{ name: 'app', image: 'shop:v1', ports: [{ containerPort: 8080 }] }] },
  };
}
