import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { homeOf } from '../../sandbox/place.ts';
import { ROOT } from '../../scripts/root.mjs';
import { createActivities } from '../../activities/index.ts';
import { createConformance } from '../../src/adapters/conformance/index.ts';
import { createContracts } from '../../src/adapters/contract-reader/index.ts';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { releaseId } from '../../src/domain/release/target.ts';
import type { ReleaseResult, ReleaseView } from '../../src/domain/release/view.ts';
import { register, versionOf } from '../../src/domain/servers/actions.ts';
import type { Audience } from '../../src/domain/servers/audience.ts';
import type { RegisteredServer, Upstream } from '../../src/domain/servers/server.ts';
import { isTimeout } from '../../src/temporal/failure.ts';
import { clustersOf, worldsOver } from '../../src/entry/ports.ts';
import type { ServerSystems } from '../../src/ports/server-systems.ts';
import { commandUpdates, getRelease, RELEASE_WORKFLOW, type CommandMessage } from '../../workflows/messages.ts';
import type { CommandName, CommandOutcome } from '../../src/domain/release/command.ts';
import { startGatewayProcess, type RunningGateway } from './gateway-process.ts';
import { program, startGateway } from './gateway-stage.ts';
import { call, textOf } from './gateway-wire.ts';
import { settingsWith } from './settings.ts';
import type { TestTemporal } from './temporal.ts';

const DEFAULTS = {
  defaultStrategy: 'canary',
  requireManualPromotion: false,
  autoRollback: true,
  weightStep: undefined,
};
const CALLERS = 40;
/** One call of so many is to the tool `rare`, and one to `read`, which only reads. */
export const RARE = 20;
const TOOLS: Readonly<Record<number, string>> = { [RARE / 2]: 'read', [RARE - 1]: 'rare' };
/** A release of these tests takes about ten seconds on an idle machine. */
const LIMIT_MS = 270_000;

const ANSWER_MS = 10_000;

/** Undefined for an answer that did not come in time. */
function ignoreLate(error: unknown): undefined {
  if (!isTimeout(error)) throw error;
}

interface Opening {
  /** Those of the program of 2.0.0. */
  readonly options?: readonly string[];
  /** How many call without end. */
  readonly callers?: number;
  /** That of 2.0.0. */
  readonly audience?: Audience;
  /** Gateways that are processes of the product; default: one in this process. */
  readonly processes?: number;
  /** The headers of a caller, by its number. */
  readonly as?: (caller: number) => Readonly<Record<string, string>>;
  /** Gets the text of each answer. */
  readonly seen?: (caller: number, text: string) => void;
}

const story = ({ state, reason, events }: ReleaseView): string =>
  [`${state}: ${reason}`, ...events.map(({ text }) => text)].join('\n');

/** An MCP server of its own with a registry in files, a gateway over HTTP, and callers that call without end. */
export class ServerRelease {
  readonly name: string;
  readonly systems: ServerSystems;
  /** What the releases of these tests are judged by. */
  readonly analysis = {
    ...{ soak: '1s', min_requests: 20, warm_up: '0s', margins: { errors: 0.1, slow: 0.3 } },
    slower_than_ms: [5000],
  };
  readonly #temporal: TestTemporal;
  readonly #folder = mkdtempSync(join(tmpdir(), 'mcp-release-'));
  /** It is in histories that are kept, so it has no path. */
  readonly #identity: string;
  readonly #over = new AbortController();
  readonly #children: ChildProcess[] = [];
  /** More variables for its programs. */
  readonly environment: Record<string, string> = {};
  gateways: readonly RunningGateway[] = [];
  handle!: WorkflowHandle;

  constructor(temporal: TestTemporal, name: string) {
    this.name = name;
    this.#identity = `registry-of-${name}`;
    this.#temporal = temporal;
    const servers = createServerRegistry({ folder: this.#folder, globalFile: join(this.#folder, 'global.json') });
    const gateways = async (): Promise<readonly string[]> => this.gateways.map(({ root }) => root);
    this.systems = {
      servers,
      contracts: createContracts(this.#folder),
      gateways,
      gatewayToken: () => undefined,
      conformance: createConformance('no-such-program'),
      identity: async () => this.#identity,
    };
  }

  /** Blue 1.0.0, and 2.0.0 without callers. */
  async open({ options = [], callers = CALLERS, audience, processes = 0, as, seen }: Opening = {}): Promise<void> {
    const { servers, contracts } = this.systems;
    const versions = { '1.0.0': program('one'), '2.0.0': program('two', ...options) };
    const by = { at: 1, who: 'tester' };
    for (const [version, reached] of Object.entries(versions)) {
      const upstream = reached as unknown as Upstream;
      const server = await servers.change(this.name, undefined, (now) =>
        register(now, { version, upstream, ...(version === '1.0.0' ? { blue: true } : audience && { audience }) }, by),
      );
      const of = { server: this.name, version };
      await contracts.save(await contracts.read(of, versionOf(server, version)));
    }
    const registry = createServerRegistry({ folder: this.#folder, globalFile: join(this.#folder, 'global.json') });
    this.gateways =
      processes > 0
        ? await Promise.all(Array.from({ length: processes }, () => startGatewayProcess(this.#places())))
        : [await startGateway([], { registry, health: { everyMs: 300 } })];
    for (let caller = 0; caller < callers; caller += 1)
      void this.#callOn(caller, as?.(caller) ?? {}, (text) => seen?.(caller, text));
  }

  #places(): Record<string, string> {
    return {
      HOME: this.#folder,
      SLUICE_HOME: this.#folder,
      SLUICE_MCP_PROJECT: this.#folder,
      SLUICE_MCP_GLOBAL_FILE: join(this.#folder, 'global.json'),
    };
  }

  /** The product's own program with the settings of this server. */
  program(...words: string[]): ChildProcess {
    const given = {
      TEMPORAL_ADDRESS: this.#temporal.address,
      KUBECONFIG: '/dev/null',
      SLUICE_JOURNAL: join(this.#folder, 'journal.db'),
      SLUICE_AUDIT_LOG: join(this.#folder, 'audit.jsonl'),
      SLUICE_TASK_QUEUE: this.name,
      ...this.#places(),
      SLUICE_HOME: homeOf(),
      SLUICE_MCP_GATEWAYS: this.gateways.map(({ root }) => root).join(','),
    };
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'sluice.mjs'), ...words], {
      cwd: this.#folder,
      env: { PATH: process.env['PATH'], HOME: this.#folder, ...given, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A program whose pipe is full stands still. Whoever wants its lines gets them all the same.
    child.stdout.resume();
    child.stderr.resume();
    this.#children.push(child);
    return child;
  }

  /** Starts the release with the command, as a person does. Returns what was printed. */
  async startByCommand(): Promise<string> {
    writeFileSync(join(this.#folder, 'release.yaml'), JSON.stringify(this.file()));
    const printed = await this.command('release', 'start', '-f', 'release.yaml');
    this.follow();
    return printed;
  }

  /** From now on `handle` is the newest run of the release. */
  follow(): void {
    this.handle = this.#temporal.client.workflow.getHandle(`release/mcp/servers/${this.name}`);
  }

  get guard(): WorkflowHandle {
    return this.#temporal.client.workflow.getHandle(`guard/mcp/servers/${this.name}`);
  }

  /** Runs the product's own program to its end. Returns what it printed to stdout. Throws if it fails. */
  async command(...words: string[]): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      const printed = await this.#once(words).catch((error: Error) => error);
      if (typeof printed === 'string') return printed;
      // A busy worker may need longer for a release that has ended than the answer waits. Nothing was done then.
      if (tries === 5 || !/^NO_ANSWER: .* Its details need a worker/m.test(printed.message)) throw printed;
    }
  }

  async #once(words: readonly string[]): Promise<string> {
    const child = this.program(...words);
    const [printed, [code]] = await Promise.all([
      Promise.all([text(child.stdout as Readable), text(child.stderr as Readable)]),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    if (code !== 0) throw new Error(printed.join(''));
    return printed[0];
  }

  file(changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      ...{ strategy: 'mcp', server: this.name, version: '2.0.0', steps: [50, 100], guard: '0' },
      analysis: this.analysis,
      require_manual_promotion: false,
      ...changes,
    };
  }

  /** Each call goes to the next gateway. `seen` gets the texts of the answers. */
  async #callOn(caller: number, own: Readonly<Record<string, string>>, seen: (text: string) => void): Promise<void> {
    const id = `key-${caller}`;
    for (let turn = 0; !this.#over.signal.aborted; turn += 1) {
      const tool = TOOLS[turn % RARE] ?? 'version';
      const url = this.gateways[turn % this.gateways.length]?.url(this.name) ?? '';
      await call(url, tool, { 'x-api-key': id, ...own }, { id }).then(
        (answer) => seen(textOf(answer)),
        () => undefined,
      );
      await pause(20);
    }
  }

  async start(file: Record<string, unknown> = {}): Promise<void> {
    const spec = toReleaseSpec(parseReleaseFile(releaseFile, this.file(file), 'canary'), 'unused', DEFAULTS);
    const workflowId = releaseId(spec.target);
    const args = [
      { spec: { ...spec, clusterUid: this.#identity }, startedBy: 'tester', requestId: `start-${this.name}` },
    ];
    this.handle = await this.#temporal.client.workflow.start(RELEASE_WORKFLOW, {
      workflowId,
      taskQueue: this.name,
      args,
    });
  }

  worker(): Promise<Worker> {
    const settings = settingsWith();
    const { connection, codePath } = this.#temporal;
    return Worker.create({
      connection,
      taskQueue: this.name,
      workflowBundle: { codePath },
      activities: createActivities(worldsOver(clustersOf({ kubeconfig: '/dev/null' }), settings, this.systems)),
      maxHeartbeatThrottleInterval: '100ms',
      defaultHeartbeatThrottleInterval: '100ms',
      stickyQueueScheduleToStartTimeout: '1 second',
    });
  }

  /** A query to a worker that was killed would wait for minutes. */
  view(): Promise<ReleaseView> {
    return this.#temporal.client.withDeadline(Date.now() + ANSWER_MS, () => this.handle.query(getRelease));
  }

  async until(met: (view: ReleaseView) => boolean): Promise<ReleaseView> {
    for (const end = Date.now() + LIMIT_MS; ; await pause(100)) {
      const view = await this.view().catch(ignoreLate);
      if (view && met(view)) return view;
      if (Date.now() > end) throw new Error(`not within ${LIMIT_MS} ms:\n${view ? story(view) : 'no answer'}`);
    }
  }

  update(name: CommandName, more: Partial<CommandMessage> = {}): Promise<CommandOutcome> {
    const message = { requestId: `${name}-${this.name}`, who: 'tester', ...more };
    return this.handle.executeUpdate(commandUpdates[name], { args: [message] });
  }

  async ended(): Promise<ReleaseResult> {
    await this.until(({ closedAt }) => closedAt !== undefined);
    return this.handle.result() as Promise<ReleaseResult>;
  }

  async server(): Promise<RegisteredServer> {
    return (await this.systems.servers.read(this.name)) as RegisteredServer;
  }

  async close(): Promise<void> {
    this.#over.abort();
    for (const child of this.#children) child.kill('SIGKILL');
    for (const run of [this.guard, this.handle]) await run?.terminate('end of the test').catch(() => undefined);
    for (const gateway of this.gateways) await gateway.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
