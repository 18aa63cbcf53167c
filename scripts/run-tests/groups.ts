/** Test folders that run together. The order of GROUPS is the order of the run: what fails fast comes first. */
export interface TestGroup {
  readonly name: string;
  /** Folders under test/. */
  readonly folders: readonly string[];
  /** `shared`: the run's sandbox must be up. `own`: it must be down, because these tests start their own. */
  readonly sandbox: 'none' | 'shared' | 'own';
  /** If true, the start and end of each test are printed. This is for groups whose tests take minutes. */
  readonly progress: boolean;
  /** More arguments for Jest. */
  readonly args: readonly string[];
}

/** Temporal's native client may hold a process open for long after the last test has ended. */
const LEAVE = '--forceExit';

export const GROUPS: readonly TestGroup[] = [
  {
    name: 'pure',
    folders: [
      ...[
        'domain',
        'strategies',
        'config',
        'contract',
        'commands',
        'toolsets',
        'golden',
        'report',
        'mcp',
        'http',
        'cli',
      ],
      ...['scripts', 'repo'],
    ],
    sandbox: 'none',
    progress: false,
    args: [],
  },
  // These start what they need themselves: HTTP fakes, a Temporal dev server for a file of tests.
  {
    name: 'workflows and adapters',
    folders: [
      'adapters',
      'clusters',
      'targets',
      'splits',
      'activities',
      'workflows',
      'replay',
      'temporal',
      'fuzz',
      'bench',
    ],
    sandbox: 'none',
    progress: false,
    args: [LEAVE],
  },
  { name: 'real systems', folders: ['ports', 'tools'], sandbox: 'shared', progress: false, args: [LEAVE] },
  // One process: its releases run side by side inside it, and a second process would count the same traffic.
  {
    name: 'whole releases',
    folders: ['e2e', 'chaos'],
    sandbox: 'shared',
    progress: true,
    args: ['--runInBand', LEAVE],
  },
  // Last, from binaries that are built by now: these start and kill sandboxes, also through `npm start`.
  {
    name: 'sandbox and npm start',
    folders: ['sandbox', 'entry', 'first-hour'],
    sandbox: 'own',
    progress: true,
    args: ['--runInBand', LEAVE],
  },
];
