import type { NewRollout } from '../../ports/rollout-objects.ts';
import { DEPLOYMENT, ROLLOUT, SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';

export interface Planned {
  readonly ref: ObjectRef;
  readonly manifest: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec: object;
  };
}

/** A Service over the Rollout's pods. Argo adds the hash of a version to its selector. */
export function serviceManifest(rollout: NewRollout, name: string, labels: Readonly<Record<string, string>>): Planned {
  const { namespace } = rollout.target;
  const { port } = rollout.template;
  return {
    ref: { kind: SERVICE, namespace, name },
    manifest: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: labels, ports: [{ name: 'http', port, targetPort: port }] },
    },
  };
}

export function rolloutManifest(rollout: NewRollout, labels: Readonly<Record<string, string>>): Planned {
  const { namespace, rollout: name } = rollout.target;
  return {
    ref: { kind: ROLLOUT, namespace, name },
    manifest: {
      apiVersion: `${ROLLOUT.group}/${ROLLOUT.version}`,
      kind: ROLLOUT.name,
      metadata: { name, namespace },
      spec: {
        replicas: rollout.replicas,
        selector: { matchLabels: labels },
        ...template(rollout, labels),
        strategy: strategy(rollout),
      },
    },
  };
}

function template({ template }: NewRollout, labels: Readonly<Record<string, string>>): object {
  if ('deployment' in template)
    return {
      workloadRef: {
        apiVersion: `${DEPLOYMENT.group}/${DEPLOYMENT.version}`,
        kind: DEPLOYMENT.name,
        name: template.deployment,
      },
    };
  const container = { name: template.container, image: template.image, ports: [{ containerPort: template.port }] };
  return { template: { metadata: { labels }, spec: { containers: [container] } } };
}

function strategy(rollout: NewRollout): object {
  const templates = rollout.analysisTemplates.map((templateName) => ({ templateName }));
  const { services } = rollout;
  if (rollout.strategy === 'blue-green') {
    const blueGreen = {
      activeService: services?.stable,
      previewService: services?.candidate,
      autoPromotionEnabled: false,
    };
    return { blueGreen: { ...blueGreen, ...(templates.length > 0 && { prePromotionAnalysis: { templates } }) } };
  }
  return {
    canary: {
      ...(services && { stableService: services.stable, canaryService: services.candidate }),
      ...(rollout.traefikService && {
        trafficRouting: { traefik: { weightedTraefikServiceName: rollout.traefikService } },
      }),
      // Each weight is followed by an untimed pause. A timed pause would continue unjudged.
      steps: rollout.weights.flatMap((weight) => [{ setWeight: weight }, { pause: {} }]),
      // Analysis starts at the first pause. Before it the canary has no traffic to be judged by.
      ...(templates.length > 0 && { analysis: { templates, startingStep: 1 } }),
    },
  };
}
