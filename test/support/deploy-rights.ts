import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../../scripts/root.mjs';
import { kubectlProgram, outOf, type Rendered, type Rule } from './deploy-chart.ts';

/** Single rights, as in `patch rollouts/status argoproj.io`. */
type Rights = ReadonlySet<string>;

function flat(rules: readonly Rule[]): Rights {
  const every = <T>(list: readonly T[] | undefined, work: (one: T) => string[]) => (list ?? []).flatMap(work);
  return new Set(
    rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      every(apiGroups, (group) =>
        every(resources, (resource) =>
          verbs.map((verb) => [verb, resource, group, ...(resourceNames ?? [])].join(' ').trim()),
        ),
      ),
    ),
  );
}

/** The rights that these roles of deploy/rbac.yaml grant. Names are without the prefix. */
export function grantedBy(roles: readonly string[]): Rights {
  const documents = parseAllDocuments(readFileSync(join(ROOT, 'deploy/rbac.yaml'), 'utf8'));
  const wanted = documents.map((document) => document.toJS() as Rendered & { rules: readonly Rule[] });
  return flat(
    wanted.filter(({ metadata }) => roles.includes(metadata.name.replace('sluice-', ''))).flatMap(({ rules }) => rules),
  );
}

/** What the API server says that an account may do in a namespace. */
export async function rightsOf(kubeconfig: string, namespace: string): Promise<Rights> {
  const kubectl = await kubectlProgram(kubeconfig);
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const args = ['create', '--validate=false', '-f', '-', '-o', 'json'];
  const { status } = JSON.parse(await outOf(kubectl(args, JSON.stringify(review)))) as {
    status: { resourceRules: readonly Rule[] };
  };
  return flat(status.resourceRules);
}

/** The rights of `all` beyond `others`, in order. */
export function beyond(all: Rights, others: Rights): readonly string[] {
  return [...all].filter((right) => !others.has(right)).toSorted();
}
