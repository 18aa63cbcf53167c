import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageFile, Sbom, SbomFile } from '../../ports/image-scanners.ts';
import type { NotRun } from '../../ports/not-run.ts';
import { runProgram } from '../local/run-program.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import type { ScannerSettings } from './scanner-settings.ts';
import { notRun } from './not-run.ts';

const QUIET = { SYFT_CHECK_FOR_APP_UPDATE: 'false', NO_COLOR: '1' };

/** Bills that were made for this image already are returned. */
export async function billOf(settings: ScannerSettings, image: ImageFile, signal: AbortSignal): Promise<Sbom | NotRun> {
  const files = filesOf(settings.folder, image.id);
  try {
    return (await readBill(files)) ?? (await made(settings, { image, files }, signal));
  } catch (error) {
    return notRun(error, signal);
  }
}

interface Files {
  readonly spdx: string;
  readonly cyclonedx: string;
}

function filesOf(folder: string, id: string): Files {
  const name = join(folder, id.replace(':', '-'));
  return { spdx: `${name}.spdx.json`, cyclonedx: `${name}.cdx.json` };
}

/** Both files appear whole, and the second one last. */
async function made(
  { sbomProgram: program, timeout, folder }: ScannerSettings,
  { image, files }: { readonly image: ImageFile; readonly files: Files },
  signal: AbortSignal,
): Promise<Sbom | NotRun> {
  await mkdir(folder, { recursive: true });
  return inTemporaryFolder('sluice-sbom-', async (temporary) => {
    const [spdx, cyclonedx] = [join(temporary, 'spdx'), join(temporary, 'cyclonedx')];
    const outputs = ['--output', `spdx-json@2.3=${spdx}`, '--output', `cyclonedx-json@1.6=${cyclonedx}`];
    const args = ['scan', `docker-archive:${image.archive}`, ...outputs];
    await runProgram({ program, args, log: () => undefined, signal, timeout, env: QUIET });
    const bill = await readBill({ spdx, cyclonedx });
    if (!bill) return { notRun: `${program} has not written both SPDX 2.3 and CycloneDX 1.6` };
    await moved(spdx, files.spdx);
    await moved(cyclonedx, files.cyclonedx);
    return {
      ...bill,
      spdx: { ...bill.spdx, file: files.spdx },
      cyclonedx: { ...bill.cyclonedx, file: files.cyclonedx },
    };
  });
}

/** The folders may be on different disks. */
async function moved(from: string, to: string): Promise<void> {
  await copyFile(from, `${to}.part`);
  await rename(`${to}.part`, to);
}

interface Documents {
  readonly spdx: {
    readonly spdxVersion?: string;
    readonly packages?: readonly unknown[];
    readonly creationInfo?: { readonly creators?: readonly string[] };
  };
  readonly cyclonedx: { readonly bomFormat?: string; readonly specVersion?: string };
}

/** Undefined if the files are not there, or are not what they should be. */
async function readBill({ spdx, cyclonedx }: Files): Promise<Sbom | undefined> {
  const texts = await Promise.all([readFile(spdx), readFile(cyclonedx)]).catch(() => undefined);
  if (!texts) return undefined;
  const documents = parsed(texts);
  if (documents?.spdx.spdxVersion !== 'SPDX-2.3') return undefined;
  const { bomFormat, specVersion } = documents.cyclonedx;
  if (bomFormat !== 'CycloneDX' || specVersion !== '1.6') return undefined;
  const tool = documents.spdx.creationInfo?.creators?.find((one) => one.startsWith('Tool: '));
  return {
    program: (tool ?? 'Tool: syft').slice('Tool: '.length),
    // The image itself is one of the packages.
    packages: Math.max(0, (documents.spdx.packages?.length ?? 0) - 1),
    spdx: fileOf(spdx, texts[0]),
    cyclonedx: fileOf(cyclonedx, texts[1]),
  };
}

function parsed([spdx, cyclonedx]: readonly [Buffer, Buffer]): Documents | undefined {
  try {
    return {
      spdx: JSON.parse(spdx.toString('utf8')) as Documents['spdx'],
      cyclonedx: JSON.parse(cyclonedx.toString('utf8')) as Documents['cyclonedx'],
    };
  } catch {
    return undefined;
  }
}

const fileOf = (file: string, text: Buffer): SbomFile => ({
  file,
  sha256: createHash('sha256').update(text).digest('hex'),
});
