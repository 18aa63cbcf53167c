import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sbom, Scan } from '../../ports/image-scanners.ts';
import type { NotRun } from '../../ports/not-run.ts';
import { ProgramFailure, runProgram } from '../local/run-program.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import type { ScannerSettings } from './scanner-settings.ts';
import { notRun } from './not-run.ts';
import { SCANNERS, type Scanner, type ScannerAnswer } from './scanners.ts';

/** A scanner that is not on this machine is passed over. The first one that is there decides. */
export async function scanOf(settings: ScannerSettings, sbom: Sbom, signal: AbortSignal): Promise<Scan | NotRun> {
  const { scanner: wanted } = settings;
  const scanners = wanted === undefined ? SCANNERS : SCANNERS.filter(({ name }) => wanted.endsWith(name));
  for (const scanner of scanners) {
    const program = wanted ?? scanner.name;
    try {
      return await scanned({ scanner, program, timeout: settings.timeout }, sbom, signal);
    } catch (error) {
      if (!(error instanceof ProgramFailure && error.missing && wanted === undefined)) return notRun(error, signal);
    }
  }
  return { notRun: `neither ${SCANNERS.map(({ name }) => name).join(' nor ')} is on this machine` };
}

interface Call {
  readonly scanner: Scanner;
  readonly program: string;
  readonly timeout: number;
}

/** Errors: ProgramFailure. */
async function scanned({ scanner, program, timeout }: Call, sbom: Sbom, signal: AbortSignal): Promise<Scan | NotRun> {
  return inTemporaryFolder('sluice-scan-', async (folder) => {
    const out = join(folder, 'answer.json');
    const args = scanner.args({ spdx: sbom.spdx.file, cyclonedx: sbom.cyclonedx.file }, out);
    const call = { program, args, log: () => undefined, signal, timeout, env: scanner.env };
    await runProgram(call).catch((error: unknown) => {
      if (!(error instanceof ProgramFailure && isFound(scanner, error))) throw error;
    });
    const answer = await readAnswer(scanner, out);
    if (!answer) return { notRun: `the answer of ${program} cannot be read` };
    return { program: `${scanner.name} ${answer.version}`.trim(), found: answer.found };
  });
}

const isFound = ({ foundCode }: Scanner, { code }: ProgramFailure): boolean =>
  foundCode !== undefined && code === foundCode;

async function readAnswer(scanner: Scanner, file: string): Promise<ScannerAnswer | undefined> {
  try {
    return scanner.read(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
