/** Test folders that run together. GROUPS has the order of the run: groups that fail fast come first. */
export interface TestGroup {
  readonly name: string;
  /** Folders under test/. */
  readonly folders: readonly string[];
  /** `shared`: the run's sandbox must be up. `own`: it must be down, because these tests start their own. */
  readonly sandbox: 'none' | 'shared' | 'own';
  /** If true, the start and end of each test are printed. This is for groups whose tests take minutes. */
  readonly progress: boolean;
  /** Additional arguments for Jest. */
  readonly args: readonly string[];
  /** If true, the group runs only where the arguments name one of its folders: not every machine can. */
  readonly onRequest?: true;
}

/** Whether a run with these arguments has the group. Of a path, the folder counts. */
export function isAskedFor({ onRequest, folders }: TestGroup, args: readonly string[]): boolean {
  return onRequest !== true || folders.some((folder) => args.some((arg) => arg.includes(`test/${folder}`)));
}

/** Temporal's native client may keep a process alive for a long time after the last test. */
const LEAVE = '--forceExit';
/** For tests that wait more than they compute. Two at once leave half of two cores idle. Four miss their deadlines. */
const THREE_AT_ONCE = '--maxWorkers=3';

export const GROUPS: readonly TestGroup[] = [
  {
    name: 'pure',
    folders: [
      ...[
        'domain',
        'strategies',
        'config',
        'contract',
        'access',
        'commands',
        'toolsets',
        'golden',
        'report',
        'mcp',
        'http',
        'cli',
      ],
      ...['delivery', 'observability', 'onboarding', 'planning', 'scripts', 'repo', 'updates'],
    ],
    sandbox: 'none',
    progress: false,
    args: [],
  },
  // These tests start what they need themselves: HTTP fakes, or a Temporal dev server for each file.
  {
    name: 'workflows and adapters',
    folders: [
      'adapters',
      'clusters',
      'targets',
      'splits',
      'evidence',
      'activities',
      'workflows',
      'replay',
      'temporal',
      'fuzz',
      'bridge',
      'gateway',
      'bench',
    ],
    sandbox: 'none',
    progress: false,
    args: [THREE_AT_ONCE, LEAVE],
  },
  // Stories are releases that wait for most of their time, for a guard or for pods.
  {
    name: 'real systems',
    folders: ['stories', 'ports', 'tools', 'diagnose', 'deploy'],
    sandbox: 'shared',
    progress: false,
    args: [THREE_AT_ONCE, LEAVE],
  },
  // They run in one process: its releases run in parallel, and a second process would count the same traffic.
  {
    name: 'whole releases',
    folders: ['e2e', 'chaos'],
    sandbox: 'shared',
    progress: true,
    args: ['--runInBand', LEAVE],
  },
  // These tests start and kill sandboxes, also through `npm start`. They are last, because the binaries exist by then.
  {
    name: 'sandbox and npm start',
    folders: ['sandbox', 'entry', 'first-hour'],
    sandbox: 'own',
    progress: true,
    args: [LEAVE],
  },
  // `npm run real-pods`: root on Linux with containerd. Two kubelets at once would be too much for two cores.
  {
    name: 'real pods',
    folders: ['real-pods'],
    sandbox: 'own',
    progress: true,
    args: ['--runInBand', LEAVE],
    onRequest: true,
  },
  // `npm run test:temporal-nodes`: two servers of Temporal on PostgreSQL, which take four minutes to build.
  {
    name: 'two nodes of Temporal',
    folders: ['temporal-nodes'],
    sandbox: 'none',
    progress: true,
    args: ['--runInBand', LEAVE],
    onRequest: true,
  },
];
