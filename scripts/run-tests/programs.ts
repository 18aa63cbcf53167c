import { readFileSync } from 'node:fs';
import { acquireBinary } from '../../sandbox/index.ts';
import { ADD_ONS, BINARIES, type BinaryName } from '../../sandbox/manifest.ts';

/**
 * Has the programs that these test files need before they start, because a build takes longer than a test may. Nothing
 * is built for other files. A program that cannot be had fails its own tests only.
 */
export async function acquireFor(files: readonly string[], say: (line: string) => void): Promise<void> {
  for (const name of programsOf(files.map((file) => readFileSync(file, 'utf8')))) {
    try {
      await acquireBinary(name, { onProgress: say });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      say(`${name} could not be had, so the tests that need it fail: ${why}`);
    }
  }
}

/** Functions of test/support/helm*.ts that acquire Helm, in the version that the run tests. */
const HELM: BinaryName = process.env['SLUICE_TEST_HELM'] === '3' ? 'helm3' : 'helm';
const ACQUIRES_HELM = /\b(?:helmProgram|helmOn)\b/;

/**
 * The programs that tests with these sources need beside a sandbox: those that they acquire by name or by a function of
 * their support, and those of an add-on whose support they import: `sharedFlux` or `FluxStage` for the add-on of Flux.
 */
export function programsOf(sources: readonly string[]): readonly BinaryName[] {
  const addOns = ADD_ONS.filter((name) => {
    const word = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    return sources.some((source) => new RegExp(`\\b(?:shared${word}|${word}Stage)\\b`).test(source));
  });
  const named = (name: BinaryName) =>
    sources.some(
      (source) => source.includes(`acquireBinary('${name}')`) || (name === HELM && ACQUIRES_HELM.test(source)),
    );
  return BINARIES.filter(({ name, addOn, onDemand }) => (onDemand ? named(name) : addOn && addOns.includes(addOn))).map(
    ({ name }) => name,
  );
}
