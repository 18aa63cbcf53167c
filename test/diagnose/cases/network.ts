import { metaOf } from '../../../src/domain/cluster-objects/api-object.ts';
import type { DiagnosisCase } from '../../support/diagnosis/case.ts';
import type { CaseStage, Manifest } from '../../support/diagnosis/case-stage.ts';
import { podStatus, READY } from '../../support/diagnosis/kubelet.ts';
import { deployment, service } from '../../support/diagnosis/manifests.ts';

async function ready(stage: CaseStage, name: string, container: object = {}): Promise<void> {
  await stage.apply(deployment(name, { node: stage.kubelet.node, container }));
  await stage.pods(name, 1, podStatus([READY]));
  await stage.condition('Deployment', name, 'Available', 'True');
}

const ingress = (name: string, port = 80): Manifest => ({
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec: {
    rules: [
      {
        host: 'web.example.com',
        http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: port } } } }] },
      },
    ],
  },
});

export const NETWORK_CASES: readonly DiagnosisCase[] = [
  {
    name: 'a Service selects labels that no pod has',
    ask: 'Service/web',
    expected: ['selector-mismatch'],
    make: async (stage) => {
      await ready(stage, 'web');
      await stage.apply(service('web', { app: 'webb' }));
    },
  },
  {
    name: 'the target port of a Service has the name of no port',
    ask: 'Service/web',
    expected: ['target-port-unknown'],
    make: async (stage) => {
      await ready(stage, 'web', { ports: [{ name: 'http', containerPort: 8080 }] });
      await stage.apply(service('web', { app: 'web' }, [{ port: 80, targetPort: 'web' }]));
    },
  },
  {
    name: 'the workload behind a Service is scaled to zero',
    ask: 'Service/web',
    expected: ['scaled-to-zero'],
    make: async (stage) => {
      await stage.apply(deployment('web', { replicas: 0 }), service('web', { app: 'web' }));
      await stage.condition('Deployment', 'web', 'Available', 'True');
    },
  },
  {
    name: 'a Service has no ready pod because of a probe',
    ask: 'Service/web',
    expected: ['readiness-probe'],
    make: async (stage) => {
      await stage.apply(deployment('web', { node: stage.kubelet.node }), service('web', { app: 'web' }));
      const [pod] = await stage.pods('web', 1, podStatus([{ ...READY, ready: false }], { phase: 'Running' }));
      if (pod) await stage.event(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500');
    },
  },
  {
    name: 'an Ingress leads to a Service that does not exist',
    ask: 'Ingress/web',
    expected: ['route-service-missing'],
    make: (stage) => stage.apply(ingress('web')),
  },
  {
    name: 'an Ingress leads to a port that the Service does not have',
    ask: 'Ingress/web',
    expected: ['route-port-missing'],
    make: async (stage) => {
      await ready(stage, 'web');
      await stage.apply(service('web', { app: 'web' }), ingress('web', 8080));
    },
  },
  {
    name: 'an IngressRoute leads to a Service that does not exist',
    ask: 'IngressRoute/web',
    expected: ['route-service-missing'],
    make: (stage) =>
      stage.apply({
        kind: 'IngressRoute',
        metadata: { name: 'web' },
        spec: { routes: [{ kind: 'Rule', match: 'Host(`web.example.com`)', services: [{ name: 'web', port: 80 }] }] },
      }),
  },
  {
    name: 'a TraefikService weighs a Service that does not exist',
    ask: 'TraefikService/web',
    expected: ['route-service-missing'],
    make: async (stage) => {
      await ready(stage, 'web');
      const services = ['web', 'web-canary'].map((name) => ({ name, port: 80, weight: 50 }));
      const route = { kind: 'TraefikService', metadata: { name: 'web' }, spec: { weighted: { services } } };
      await stage.apply(service('web', { app: 'web' }), route);
    },
  },
  {
    name: 'the pods behind an IngressRoute have no image',
    ask: 'IngressRoute/web',
    expected: ['image-not-found'],
    make: async (stage) => {
      const services = [{ name: 'web', port: 80 }];
      await stage.apply(deployment('web', { node: stage.kubelet.node }), service('web', { app: 'web' }), {
        kind: 'IngressRoute',
        metadata: { name: 'web' },
        spec: { routes: [{ kind: 'Rule', match: 'Path(`/`)', services }] },
      });
      const [pod] = await stage.pods(
        'web',
        1,
        podStatus([
          {
            state: {
              waiting: {
                reason: 'ImagePullBackOff',
                message: 'Back-off pulling image "shop:v1": ErrImagePull: shop:v1: not found',
              },
            },
          },
        ]),
      );
      expectNamed(pod && metaOf(pod).name);
    },
  },
];

function expectNamed(name: string | undefined): void {
  if (!name) throw new Error('there is no pod');
}
