import { contractViolations } from '../../../domain/delivery/contract-violations.ts';
import { SluiceError } from '../../../domain/errors.ts';
import type { Deployment } from '../../../domain/onboarding/deployment.ts';
import { cleanText } from '../../../domain/safe-text.ts';
import { compareContracts } from '../../../domain/servers/contract/compare.ts';
import type { ContractLock } from '../../../domain/servers/contract/lock.ts';
import { readDeployment } from '../../../onboarding/deployment-text.ts';
import type { NotRun } from '../../../ports/not-run.ts';
import { fact } from '../steps/step.ts';
import type { Check, Checked } from './check.ts';

/** The file of a deployment that has the contract of its version. */
export const CONTRACT_FILE = 'contract.json';
/** Larger files of a deployment are not read. */
const MAX_BYTES = 1024 * 1024;
/** What stands in the place of each secret. */
const MOCK = 'mock-secret';

/**
 * Starts an MCP server from its image, reads its contract, and compares it with that of the version before: the one in
 * the commit that the delivery began with.
 */
export const contract: Check = async (checked) => {
  const { context, input, facts } = checked.call;
  const { deployments } = context.delivery;
  const files = await deployments.readCommit(input.name, fact(facts.commit, 'commit'));
  const deployment = readDeployment(files['deployment.yaml'] ?? '');
  if (!deployment.mcp) return undefined;
  const lock = await lockOf(checked, deployment);
  if ('notRun' in lock) return notRead(lock.notRun);
  const text = await context.contracts.encoded(lock);
  if (Buffer.byteLength(text) > MAX_BYTES) return notRead('it has more than 1 MB');
  const before = await contractBefore(checked);
  const changes = before ? compareContracts(before, lock) : [];
  const since = before
    ? `${changes.length} differences to ${before.version}`
    : 'there is no version before to compare with';
  return {
    check: 'contract',
    violations: contractViolations(changes),
    text: `${lock.items.length} items were read from the server, which ran without network; ${since}`,
    figures: { contract: lock.hash, contract_items: lock.items.length },
    files: [{ path: CONTRACT_FILE, text, executable: false }],
  };
};

const notRead = (why: string) =>
  ({ check: 'contract', violations: undefined, text: `the contract was not read: ${why}` }) as const;

/** Errors: those of the builder. What the server does wrong is a reason. */
async function lockOf({ call, imageId }: Checked, deployment: Deployment): Promise<ContractLock | NotRun> {
  const { context, facts, input } = call;
  const { port, environment, secrets, startupSeconds, mcp } = deployment;
  const mocks = Object.fromEntries(Object.keys(secrets).map((name) => [name, MOCK]));
  const asked = {
    ...{ id: imageId, builder: fact(facts.builder, 'builder'), port, startSeconds: startupSeconds },
    environment: { ...environment, ...mocks },
  };
  if (mcp?.transport !== 'sse' && mcp?.transport !== 'streamable-http') return { notRun: 'it has no address' };
  const { transport, path } = mcp;
  try {
    return await context.delivery.runner.withServer(asked, context.signal, (address) =>
      context.contracts.read(
        { server: input.name, version: input.version },
        { transport, url: `${address}${path}`, headers: {} },
      ),
    );
  } catch (error) {
    if (!(error instanceof SluiceError && error.code.startsWith('SERVER_'))) throw error;
    return { notRun: cleanText(error.message, 600) };
  }
}

/** Errors: SERVER_FILE_INVALID. */
async function contractBefore({ call: { context, input } }: Checked): Promise<ContractLock | undefined> {
  const files = await context.delivery.deployments.readCommit(input.name, input.base).catch((error: unknown) => {
    if (error instanceof SluiceError && error.code === 'DEPLOYMENT_NOT_FOUND') return undefined;
    throw error;
  });
  const text = files?.[CONTRACT_FILE];
  return text === undefined ? undefined : context.contracts.decoded(`deployments/${input.name}/${CONTRACT_FILE}`, text);
}
