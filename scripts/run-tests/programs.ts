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

/**
 * Functions of test/support acquire the program with which their name begins, as `<name>Program` and `<name>On`. A run
 * may test another version of it: SLUICE_TEST_<NAME>=3 stands for the program `<name>3`.
 */
const acquires = (name: string) => new RegExp(`\\b${name}(?:Program|On)\\b`);
const tested = (name: string) => `${name}${process.env[`SLUICE_TEST_${name.toUpperCase()}`] ?? ''}`;

/**
 * The programs that tests with these sources need beside a sandbox: those that they acquire by name or by a function of
 * their support, and those of an add-on whose support they import: `sharedFlux` or `FluxStage` for the add-on of Flux.
 */
export function programsOf(sources: readonly string[]): readonly BinaryName[] {
  const addOns = ADD_ONS.filter((name) => {
    const word = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    return sources.some((source) => new RegExp(`\\b(?:shared${word}|${word}Stage)\\b`).test(source));
  });
  const byFunction = BINARIES.filter(({ name }) => sources.some((source) => acquires(name).test(source)));
  const named = (name: BinaryName) =>
    byFunction.some((one) => tested(one.name) === name) ||
    sources.some((source) => source.includes(`acquireBinary('${name}')`));
  return BINARIES.filter(({ name, addOn, onDemand }) => (onDemand ? named(name) : addOn && addOns.includes(addOn))).map(
    ({ name }) => name,
  );
}
