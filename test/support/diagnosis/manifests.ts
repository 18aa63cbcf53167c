import type { Manifest } from './case-stage.ts';

interface Template {
  readonly node?: string;
  readonly replicas?: number;
  readonly spec?: object;
  readonly container?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly more?: object;
}

/** The template of pods with one container `app`. */
export function template(app: string, { node, spec, container, labels }: Template = {}) {
  return {
    metadata: { labels: { app, ...labels } },
    spec: {
      ...(node !== undefined && { nodeName: node }),
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'app', image: 'shop:v1', ...container }],
      ...spec,
    },
  };
}

export function deployment(name: string, options: Template = {}): Manifest {
  return {
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: { app: name } },
      template: template(name, options),
      ...options.more,
    },
  };
}

export function statefulSet(name: string, options: Template = {}): Manifest {
  const whole = deployment(name, options);
  return { ...whole, kind: 'StatefulSet', spec: { serviceName: name, ...(whole['spec'] as object) } };
}

export function service(name: string, selector: object, ports: readonly object[] = [{ port: 80 }]): Manifest {
  return { kind: 'Service', metadata: { name }, spec: { selector, ports } };
}

export function job(name: string, options: Template = {}): Manifest {
  const spec = { restartPolicy: 'Never', ...options.spec };
  return { kind: 'Job', metadata: { name }, spec: { template: template(name, { ...options, spec }), ...options.more } };
}

export function claim(name: string, spec: object = {}): Manifest {
  const resources = { requests: { storage: '1Gi' } };
  return {
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources, ...spec },
  };
}

export function mounting(claimName: string) {
  return { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] };
}
