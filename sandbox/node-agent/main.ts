// Simulates the kubelet, kube-proxy and the pods of one node.
import { readFileSync } from 'node:fs';

import { ApiClient } from '../cluster/api-client.ts';
import { Informer } from '../cluster/informer.ts';
import type { AgentConfig } from './config.ts';
import { Pods } from './pods.ts';
import type { Pod } from './pods.ts';
import { Services } from './services.ts';
import type { Service, TraefikService } from './services.ts';

const config = JSON.parse(readFileSync(process.argv[2] ?? 'node-agent.json', 'utf8')) as AgentConfig;
const api = new ApiClient(config.apiServer, config.token, readFileSync(config.certificate, 'utf8'));
const pods = new Pods(api, config.range);
const services = new Services(pods, config.range);

const podInformer = new Informer<Pod>(api, '/api/v1/pods', `&fieldSelector=spec.nodeName%3D${config.node}`, {
  onSet: (pod) => pods.onSet(pod),
  onGone: (pod) => pods.onGone(pod),
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
void weightInformer.run();
void serviceInformer.run();
console.log(`playing ${config.node}`);
