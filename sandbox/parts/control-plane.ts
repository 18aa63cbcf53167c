import { join } from 'node:path';

import { ETCD_CLIENT_PORT, ETCD_PEER_PORT, etcdAddress } from '../processes/ports.ts';
import type { PartCommand } from '../processes/part.ts';
import type { SandboxState } from '../processes/state.ts';
import { API_SERVER_ARGS, CONTROLLERS_OF_REAL_PODS } from '../real-pods/admission.ts';
import { hostNames } from '../real-pods/names.ts';
import { answers, apiClient } from './answers.ts';
import { kubeconfigOf, loopback, portOf } from './layout.ts';

export function etcd(stateDir: string, state: SandboxState): PartCommand {
  const client = `http://${etcdAddress(state.range)}:${ETCD_CLIENT_PORT}`;
  const peer = `http://${etcdAddress(state.range)}:${ETCD_PEER_PORT}`;
  return {
    name: 'etcd',
    command: state.binaries['etcd']!,
    args: [
      '--name=sandbox',
      `--data-dir=${join(stateDir, 'etcd')}`,
      '--log-level=warn',
      '--unsafe-no-fsync',
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=sandbox=${peer}`,
    ],
    url: client,
    ready: () => answers(`${client}/health`),
  };
}

export function apiServer(stateDir: string, state: SandboxState): PartCommand {
  const key = join(stateDir, 'service-account.key');
  return {
    name: 'kube-apiserver',
    command: state.binaries['kube-apiserver']!,
    args: [
      `--etcd-servers=http://${etcdAddress(state.range)}:${ETCD_CLIENT_PORT}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${portOf(state, 'api-server')}`,
      `--cert-dir=${join(stateDir, 'certificates')}`,
      // Service addresses are loopback addresses, so that a process can listen on them without kube-proxy.
      `--service-cluster-ip-range=127.${state.range}.0.0/16`,
      // The API server refuses loopback here. Its certificate is also for this address: real pods reach it only there.
      `--advertise-address=${hostNames(state.range).address}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${join(stateDir, 'tokens.csv')}`,
      '--service-account-issuer=https://sandbox.sluice.local',
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      '--profiling=false',
      ...(state.podPolicies ? API_SERVER_ARGS : ['--disable-admission-plugins=ServiceAccount']),
    ],
    url: `https://${loopback(state, 'api-server')}`,
    ready: async () => (await apiClient(stateDir, state).get<string>('/readyz')) === 'ok',
  };
}

const CONTROLLERS = [
  'replicaset',
  'deployment',
  'endpointslice',
  'endpoints',
  'garbage-collector',
  'namespace',
  'serviceaccount',
  'pod-garbage-collector',
  'job',
  'ttl-after-finished',
  'statefulset',
  'cronjob',
  'resourcequota',
  'horizontal-pod-autoscaler',
  'disruption',
  'persistentvolume-binder',
  'persistentvolumeclaim-protection',
];

export function controllerManager(stateDir: string, state: SandboxState): PartCommand {
  const controllers = [...CONTROLLERS, ...(state.podPolicies ? CONTROLLERS_OF_REAL_PODS : [])];
  return {
    name: 'kube-controller-manager',
    command: state.binaries['kube-controller-manager']!,
    args: [
      `--kubeconfig=${kubeconfigOf(stateDir, 'sandbox-controllers')}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--horizontal-pod-autoscaler-sync-period=2s',
      `--controllers=${controllers.map((name) => `${name}-controller`).join(',')}`,
      `--service-account-private-key-file=${join(stateDir, 'service-account.key')}`,
      `--root-ca-file=${join(stateDir, 'certificates', 'apiserver.crt')}`,
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  };
}

export function scheduler(stateDir: string, state: SandboxState): PartCommand {
  return {
    name: 'kube-scheduler',
    command: state.binaries['kube-scheduler']!,
    args: [
      `--kubeconfig=${kubeconfigOf(stateDir, 'sandbox-scheduler')}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  };
}
