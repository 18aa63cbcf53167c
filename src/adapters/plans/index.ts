import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredPlan, PlansPort } from '../../ports/plans.ts';

const DAY_MS = 86_400_000;
const ID = /^plan-[0-9a-f]{8,64}$/;

/** Plans as files in `plans` of SLUICE_HOME. They survive a restart, and the CLI finds the plans of the server. */
export function createPlans({
  home,
  now = Date.now,
}: {
  readonly home: string;
  readonly now?: () => number;
}): PlansPort {
  const folder = join(home, 'plans');
  const made = new Map<string, StoredPlan>();
  const fresh = ({ madeAt }: StoredPlan): boolean => now() - madeAt < DAY_MS;
  return {
    async save(plan) {
      for (const [id, old] of made) if (!fresh(old)) made.delete(id);
      made.set(plan.id, plan);
      await store(folder, plan, now() - DAY_MS).catch(() => undefined);
    },
    async find(id) {
      if (!ID.test(id)) return undefined;
      const plan = (await load(join(folder, `${id}.json`))) ?? made.get(id);
      return plan && fresh(plan) ? plan : undefined;
    },
  };
}

/** The file is written under another name and renamed, so that no reader gets a partial file. */
async function store(folder: string, plan: StoredPlan, olderThan: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${plan.id}.json`);
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(plan), { mode: 0o600 });
  await rename(draft, file);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs < olderThan) await rm(path, { force: true });
  }
}

async function load(file: string): Promise<StoredPlan | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as StoredPlan;
  } catch {
    return undefined;
  }
}
