import type { FastifyInstance } from 'fastify';
import { admit } from '../commands/access.ts';
import { offered } from '../commands/gate.ts';
import { commandsOf } from '../commands/toolset.ts';
import type { Caller } from '../domain/access/caller.ts';
import { SluiceError } from '../domain/errors.ts';
import { present } from '../domain/release/present.ts';
import { isClosed } from '../domain/release/state.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import {
  HOME_POLICY,
  HOME_SCRIPT,
  HOME_SCRIPT_PATH,
  renderHome,
  type Home,
  type HomeRelease,
} from '../report/home-page.ts';
import { listedReleases, type Listed } from '../toolsets/release/listed-releases.ts';
import { withNewestEvidence } from '../toolsets/release/newest-evidence.ts';
import { releaseList } from '../toolsets/release/release-list.ts';
import { reportPath } from '../domain/report/report-address.ts';
import { callerOf } from './rest/caller.ts';
import type { RestDeps } from './rest/deps.ts';

/** The page shows what this tool lists. */
const LIST = { tool: releaseList.name, toolset: releaseList.toolset, permission: 'read' as const, touched: [{}] };
const NEWEST = 20;
/** Each of these needs a query of its workflow. */
const MAX_HEADLINES = 5;

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** The home page, at `/`. */
export function mountHome(app: FastifyInstance, deps: RestDeps): void {
  const policy = `${HOME_POLICY}; frame-ancestors 'none'`;
  app.get('/', async (request, reply) =>
    reply
      .headers({ ...HEADERS, 'content-security-policy': policy })
      .type('text/html; charset=utf-8')
      .send(renderHome(await readHome(deps, callerOf(request)))),
  );
  // Browsers request it for every page. There is none, which is not an error.
  app.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  app.get(HOME_SCRIPT_PATH, (_request, reply) =>
    reply.headers(HEADERS).type('text/javascript; charset=utf-8').send(HOME_SCRIPT),
  );
}

async function readHome({ toolsets, gate, services: all, version }: RestDeps, caller: Caller): Promise<Home> {
  const base = { version, writing: gate.allowWrite };
  if (!offered(commandsOf(toolsets), gate).some(({ name }) => name === releaseList.name)) return base;
  try {
    const services = admit({ ...all, caller }, LIST);
    const { releases, problem } = await listedReleases(services, { limit: NEWEST });
    const lines = releases.map((release, index) => lineOf(services, release, index < MAX_HEADLINES));
    return { ...base, releases: await Promise.all(lines), ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { ...base, problem: `${error.code}: ${error.message} ${error.next}` };
  }
}

async function lineOf(
  services: RestDeps['services'],
  { id, runId, state, version, startedBy, startedAt }: Listed['releases'][number],
  withHeadline: boolean,
): Promise<HomeRelease> {
  const headline = withHeadline && !isClosed(state) ? await headlineOf(services, id, runId) : undefined;
  const target = parseReleaseId(id) ?? { cluster: '', namespace: '', rollout: id };
  return {
    id: cleanText(id),
    state,
    image: cleanText(version),
    startedBy: cleanText(startedBy),
    startedAt,
    report: reportPath(target, runId, 'html'),
    ...(headline === undefined ? {} : { headline: maskSecrets(cleanText(headline)) }),
  };
}

/** Undefined if the release does not answer, because the list is useful without it. */
async function headlineOf(services: RestDeps['services'], id: string, runId: string): Promise<string | undefined> {
  try {
    return present(await withNewestEvidence(services, await services.gateway.get(id, runId))).reason;
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}
