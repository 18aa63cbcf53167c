// Simulates the kubelet, kube-proxy and the pods of one node.
import { readFileSync } from 'node:fs';

import { ApiClient } from '../cluster/api-client.ts';
import { Informer } from '../cluster/informer.ts';
import type { AgentConfig } from './config.ts';
import { Pods } from './pods.ts';
import type { Pod } from './pods.ts';
import { RealPods } from './real-pods.ts';
import type { RealPod } from './real-pods.ts';
import { Services } from './services.ts';
import type { Service, TraefikService } from './services.ts';

const config = JSON.parse(readFileSync(process.argv[2] ?? 'node-agent.json', 'utf8')) as AgentConfig;
const api = new ApiClient(config.apiServer, config.token, readFileSync(config.certificate, 'utf8'));
const pods = new Pods(api, config.range);
const realPods = new RealPods();
const services = new Services(pods, realPods, config.range);

const podInformer = new Informer<Pod>(api, '/api/v1/pods', `&fieldSelector=spec.nodeName%3D${config.node}`, {
  onSet: (pod) => pods.onSet(pod),
  onGone: (pod) => pods.onGone(pod),
});
const OF_OTHER_NODES = `&fieldSelector=spec.nodeName%21%3D${config.node}%2Cspec.nodeName%21%3D`;
const realPodInformer = new Informer<RealPod>(api, '/api/v1/pods', OF_OTHER_NODES, {
  onSet: (pod) => realPods.onSet(pod),
  onGone: (pod) => realPods.onGone(pod),
});
const serviceInformer = new Informer<Service>(api, '/api/v1/services', '', {
  onSet: (service) => services.onSet(service),
  onGone: (service) => services.onGone(service),
});

const weightInformer = new Informer<TraefikService>(api, '/apis/traefik.io/v1alpha1/traefikservices', '', {
  onSet: (route) => services.onWeights(route),
  onGone: () => undefined,
});

void podInformer.run();
void realPodInformer.run();
void weightInformer.run();
void serviceInformer.run();
console.log(`playing ${config.node}`);
