import { bad, ok } from '../../domain/release/preflight-checks.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';
import { graceWords } from '../../domain/servers/contract/grace-words.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { ContractDifference, WorkloadPort } from '../../ports/workload.ts';

const SHOWN = 5;
type Change = Extract<ContractDifference, { changes: unknown }>['changes'][number];

/** Compares the kept contracts of blue and of the new version. A serious change needs a reason in the release file. */
export async function contractCheck(
  workload: Pick<WorkloadPort, 'contract'>,
  { target, image, contractReason }: ReleaseSpec,
  blue: string,
): Promise<Check> {
  const name = 'contract';
  const lock = `Call mcp_server_lock with name "${target.rollout}" and version "${image}": that reads blue as well where it is not known.`;
  const found = blue === '' ? undefined : await workload.contract?.(target, blue, image);
  if (!found) return bad(name, 'there is no blue version to compare with', 'Make the present version blue first.');
  if ('missing' in found) return bad(name, `the contract of ${found.missing.join(' and ')} is not known`, lock);
  const serious = found.changes.filter((one) => one.class !== 'compatible');
  if (serious.length === 0) return ok(name, compatible(found.changes.length));
  const detail = textOf(serious);
  const grace = graceWords(blue, found.graceMs, 'after the promotion');
  return contractReason === undefined
    ? bad(
        name,
        detail,
        `Read the changes. If they are wanted, say why in contract_reason of the release file. ${grace}.`,
      )
    : ok(name, `accepted (${cleanText(contractReason, 200)}): ${detail}. ${grace}`);
}

function compatible(changes: number): string {
  return changes === 0 ? 'the same as that of blue' : `${plural(changes, 'compatible change')} against blue`;
}

function textOf(changes: readonly Change[]): string {
  const shown = changes
    .slice(0, SHOWN)
    .map((one) => cleanText(`${one.class}: ${`${one.kind} ${one.name}`.trim()}: ${one.what}`, 200));
  const more = changes.length > SHOWN ? [`and ${changes.length - SHOWN} more`] : [];
  return [...shown, ...more].join('; ');
}
