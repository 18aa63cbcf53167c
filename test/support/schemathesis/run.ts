import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPython } from '../python-package.ts';

const CONSTRAINTS = fileURLToPath(new URL('constraints.txt', import.meta.url));

/**
 * `positive_data_acceptance` is left out, because a schema cannot express all conditions of a tool's input, for example
 * ascending steps.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
];

export interface FuzzResult {
  /** With 0 nothing was found. */
  readonly code: number;
  readonly report: string;
}

/** Fuzzes the API that an OpenAPI document describes. The same seed sends the same requests for the same document. */
export async function runSchemathesis(
  documentUrl: string,
  options: { seed: number; examples: number; say: (line: string) => void },
): Promise<FuzzResult> {
  const library = await installPython({ name: 'schemathesis', constraints: CONSTRAINTS }, options.say);
  // It uses one worker, because parsing code in two threads sometimes fails in CPython 3.11
  // (github.com/python/cpython/issues/106905). It writes files to its working folder.
  const folder = mkdtempSync(join(tmpdir(), 'sluice-schemathesis-'));
  const flags = [
    '--checks',
    CHECKS.join(','),
    '--phases',
    'examples,coverage,fuzzing',
    '--max-examples',
    String(options.examples),
    '--seed',
    String(options.seed),
    '--workers',
    '1',
    '--continue-on-failure',
  ];
  const child = spawn('python3', ['-m', 'schemathesis.cli', 'run', documentUrl, ...flags], {
    cwd: folder,
    env: { ...process.env, PYTHONPATH: library, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    let report = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (report += String(chunk)));
    const code = await new Promise<number>((resolve, reject) =>
      child.once('error', reject).once('close', (status) => resolve(status ?? 1)),
    );
    return { code, report };
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
