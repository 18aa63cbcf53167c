import { readFileSync } from 'node:fs';
import { acquireBinary } from '../../sandbox/index.ts';
import type { BinaryName } from '../../sandbox/manifest.ts';

/** Programs that few tests need, and what the source of such a test contains. */
const ON_DEMAND: readonly { readonly names: readonly BinaryName[]; readonly test: RegExp }[] = [
  { names: ['helm'], test: /acquireBinary\('helm'\)/ },
  { names: ['source-controller', 'kustomize-controller'], test: /\b(?:sharedFlux|FluxStage)\b/ },
];

/**
 * Has the programs that these test files need before they start, because a build takes longer than a test may. Nothing
 * is built for other files. A program that cannot be had fails its own tests only.
 */
export async function acquireFor(files: readonly string[], say: (line: string) => void): Promise<void> {
  for (const name of programsOf(files.map((file) => readFileSync(file, 'utf8')))) {
    try {
      await acquireBinary(name, { onProgress: say });
    } catch (error) {
      say(
        `${name} could not be had, so the tests that need it fail: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}

/** The programs that tests with these sources need. */
export function programsOf(sources: readonly string[]): readonly BinaryName[] {
  return ON_DEMAND.filter(({ test }) => sources.some((source) => test.test(source))).flatMap(({ names }) => names);
}
