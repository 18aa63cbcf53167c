import { z } from 'zod';
import { dnsName } from '../../contract/target.ts';
import { placeFields } from '../../contract/place.ts';
import { parse } from '../../contract/parse.ts';
import { chartText, HELM_STATUSES, isHeld } from '../../domain/helm/release.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { acrossAllowed } from '../../commands/places.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import { rowsFields, rowsOutput, rowsPage, rowsText } from './rows-page.ts';

const input = z.strictObject({
  cluster: placeFields.cluster,
  namespace: dnsName.optional().describe('Only this namespace.'),
  status: z.enum(HELM_STATUSES).optional().describe('Only releases with this status.'),
  contains: z.string().min(1).max(60).optional().describe('Only names with this text.'),
  ...rowsFields,
});
const output = z.strictObject({
  ...rowsOutput,
  held: z.array(z.string()).describe('Releases that an operation of Helm holds: no other one can begin.'),
});

const MAX_HELD = 20;
const COLUMNS = ['namespace', 'name', 'revision', 'status', 'chart', 'app_version', 'updated'];

export const helmList: Command<typeof input, typeof output> = {
  name: 'helm_list',
  title: 'List releases of Helm',
  description:
    'Releases of Helm with the status of their newest revision, chart and time. Those that an operation still holds (pending-upgrade, …) are named.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  input,
  output,
  examples: [{ title: 'Releases of a namespace', input: { namespace: 'shop' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { status, contains = '', ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const all = newestOf(await current(context, cluster, asked.namespace));
    const wanted = all.filter(
      (record) => record.name.includes(contains) && (status === undefined || record.status === status),
    );
    const list = ['helm_list', cluster, asked.namespace, status, contains].join(' ');
    const row = (record: HelmRecord) => rowOf(context, record);
    return {
      ...(await rowsPage(wanted, list, asked, { columns: COLUMNS, row })),
      held: wanted
        .filter((record) => isHeld(record.status))
        .slice(0, MAX_HELD)
        .map((record) => `${record.namespace}/${record.name} is ${record.status}`),
    };
  },
  text: ({ held, ...page }) => [rowsText(page, 'release'), ...held.map((one) => `${one}.`)].join('\n'),
};

function current(
  { ports, settings }: CommandContext,
  cluster: string,
  namespace: string | undefined,
): Promise<readonly HelmRecord[]> {
  const read = (place?: string) => ports.helmReleases.records({ cluster, namespace: place, current: true });
  return namespace === undefined ? acrossAllowed(settings, read) : read(namespace);
}

/** The records are sorted: the first one of each release is its newest. */
function newestOf(records: readonly HelmRecord[]): readonly HelmRecord[] {
  return records.filter(
    ({ namespace, name }, index) => records[index - 1]?.name !== name || records[index - 1]?.namespace !== namespace,
  );
}

async function rowOf({ ports }: CommandContext, record: HelmRecord): Promise<readonly string[]> {
  const { namespace, name, revision, status } = record;
  const { chart, updated } = await ports.helmReleases.open(record);
  return [namespace, name, String(revision), status, chartText(chart), chart.appVersion, updated.slice(0, 19)].map(
    (cell) => cleanText(cell, 120),
  );
}
