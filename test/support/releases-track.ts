import { applyApplication, removeApplication, type ApplicationSpec } from '../../sandbox/index.ts';
import type { Strategy } from './fake-world-options.ts';
import { expectTold } from './releases-doors.ts';
import { record } from './releases-history.ts';
import { expectBack, expectLeftTo, expectNoOtherFailures, expectReleased } from './releases-proof.ts';
import type { End, Scenario } from './releases-scenario.ts';
import { NAMESPACE, type Stage } from './releases-stage.ts';

const PROOFS = { released: expectReleased, back: expectBack, 'left-to': expectLeftTo } as const;

/** Two applications, one for each strategy, on which scenarios run one after the other. */
export class Track {
  readonly name: string;
  private readonly stages: Readonly<Record<Strategy, Stage>>;

  constructor(name: string, stages: Readonly<Record<Strategy, Stage>>) {
    this.name = name;
    this.stages = stages;
  }

  async build(): Promise<void> {
    await Promise.all(Object.values(this.stages).map((stage) => applyApplication(stage.sandbox, specOf(stage))));
    await Promise.all(Object.values(this.stages).map((stage) => stage.noTraffic()));
  }

  /** Plays the scenario and proves its end. In any case it then prepares the application for the next scenario. */
  async play(scenario: Scenario): Promise<void> {
    const stage = this.stages[scenario.strategy];
    await stage.traffic();
    try {
      const end = await scenario.play(stage);
      await prove(stage, end);
      if (scenario.cells.length > 0) await expectTold(stage);
      if (scenario.record) await record(stage, scenario.record);
      if (end.is === 'left-to') await stage.cluster.finish(stage.target);
    } catch (error) {
      await clean(stage);
      throw error;
    } finally {
      await stage.noTraffic();
    }
  }
}

async function prove(stage: Stage, end: End): Promise<void> {
  await PROOFS[end.is](stage, end.image);
  await expectNoOtherFailures(
    stage,
    stage.images.filter((image) => image.includes('errors-')),
  );
}

/** After a failed scenario the state is unknown: a running release is ended, and the application is created again. */
async function clean(stage: Stage): Promise<void> {
  stage.lane.rules.clearAll(stage.app);
  await stage.release?.endForCleaning();
  await removeApplication(stage.sandbox, stage.app, NAMESPACE);
  await applyApplication(stage.sandbox, specOf(stage));
}

/** Weights that give a canary enough requests for an early verdict. */
function specOf(stage: Stage): ApplicationSpec {
  return {
    name: stage.app,
    namespace: NAMESPACE,
    strategy: stage.strategy,
    ...(stage.strategy === 'canary' ? { steps: [25, 50] } : {}),
  };
}
