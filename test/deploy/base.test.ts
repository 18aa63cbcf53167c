import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { kubectlProgram, KUSTOMIZE, outOf, type Program } from '../support/deploy-chart.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// A sandbox may have to start, on a machine that may be busy.
jest.setTimeout(300_000);

/** The base has its namespace in its files. */
const NAMESPACE = 'sluice';
const COMPONENTS = ['worker', 'server'] as const;

interface Listed {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}
interface Pod extends Listed {
  readonly spec: { readonly containers: readonly { readonly ports: readonly Port[] }[] };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}
interface Port {
  readonly name: string;
  readonly containerPort: number;
}
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
interface Budget extends Listed {
  readonly spec: { readonly selector: Selector; readonly maxUnavailable: number };
  readonly status: { readonly expectedPods: number; readonly disruptionsAllowed: number };
}
interface Policy extends Listed {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress: readonly {
      readonly ports: readonly { readonly port: string }[];
      readonly from?: readonly object[];
    }[];
    readonly egress?: readonly { readonly ports: readonly { readonly port: number }[] }[];
  };
}

let kubectl: Program;
let applied: string;

beforeAll(async () => {
  kubectl = await kubectlProgram((await sharedSandbox()).kubeconfig);
  applied = await outOf(kubectl(['apply', '-k', KUSTOMIZE]));
}, 900_000);

afterAll(async () => {
  await kubectl(['delete', '-k', KUSTOMIZE, '--wait=false']);
}, 60_000);

async function list<T>(kind: string): Promise<readonly T[]> {
  const text = await outOf(kubectl(['get', kind, '-n', NAMESPACE, '-o', 'json']));
  return (JSON.parse(text) as { items: readonly T[] }).items;
}

const chosen = (pods: readonly Pod[], { matchLabels = {} }: Selector): readonly Pod[] =>
  pods.filter(({ metadata: { labels } }) =>
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value),
  );
const componentOf = ({ metadata }: Listed): string => metadata.labels['app.kubernetes.io/component'] ?? '';

const running = (): Promise<readonly Pod[]> =>
  eventually('four pods run', async () => {
    const pods = await list<Pod>('pods');
    return pods.length === 4 && pods.every(({ status }) => status.phase === 'Running') ? pods : undefined;
  });

test('a real API server takes the base, twice, and its pods run in a namespace that takes restricted pods only', async () => {
  expect(applied.split('\n').filter((line) => line !== '' && !/ (created|configured|unchanged)$/.test(line))).toEqual(
    [],
  );
  expect(await outOf(kubectl(['apply', '-k', KUSTOMIZE]))).not.toMatch(/ created$/m);
  expect((await running()).map(componentOf).toSorted()).toEqual(['server', 'server', 'worker', 'worker']);
});

test.each(COMPONENTS)('of two pods of the %s one at a time is evicted', async (component) => {
  await running();
  const budget = await eventually('the budget counts its pods', async () => {
    const found = (await list<Budget>('poddisruptionbudgets')).find(({ metadata }) =>
      metadata.name.endsWith(component),
    );
    return found?.status.expectedPods === 2 ? found : undefined;
  });
  expect(budget.spec.maxUnavailable).toBe(1);
  expect(chosen(await list<Pod>('pods'), budget.spec.selector).map(componentOf)).toEqual([component, component]);
  expect(budget.status.disruptionsAllowed).toBe(1);
});

test('the policies open the status port to every namespace, the port of calls at the server only, and named ports outwards', async () => {
  const pods = await running();
  const policies = await list<Policy>('networkpolicies');
  const [all, calls] = [policies.find(({ spec }) => spec.egress), policies.find(({ spec }) => !spec.egress)];
  expect(policies).toHaveLength(2);

  expect(chosen(pods, all?.spec.podSelector ?? {})).toHaveLength(4);
  expect(all?.spec.policyTypes).toEqual(['Ingress', 'Egress']);
  expect(all?.spec.ingress).toEqual([
    { ports: [{ port: 'status', protocol: 'TCP' }], from: [{ namespaceSelector: {} }] },
  ]);
  const outwards = (all?.spec.egress ?? []).flatMap(({ ports }) => ports.map(({ port }) => port));
  expect([...new Set(outwards)].toSorted((a, b) => a - b)).toEqual([53, 443, 5432, 6443, 7233, 8080, 9090]);

  expect(chosen(pods, calls?.spec.podSelector ?? {}).map(componentOf)).toEqual(['server', 'server']);
  expect(calls?.spec.ingress).toEqual([{ ports: [{ port: 'http', protocol: 'TCP' }] }]);
  // A policy that names a port that no container has opens nothing.
  for (const pod of pods) {
    const names = pod.spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(componentOf(pod) === 'server' ? ['status', 'http'] : ['status']));
  }
});
