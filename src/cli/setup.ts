import type { Command as Cli } from 'commander';
import { plural } from '../domain/plural.ts';
import type { CliDeps, TemporalSetup } from './deps.ts';
import { print } from './global.ts';

/** `sluice setup temporal`: prepares a namespace of Temporal before the first release. */
export function addSetup(program: Cli, deps: CliDeps): void {
  program
    .command('setup')
    .description('Prepare the systems that Sluice uses')
    .command('temporal')
    .summary('Register what Sluice needs in the namespace of Temporal')
    .description(
      'Register the search attributes that Sluice needs in the namespace of Temporal. What is there stays as it is, so it can be repeated. It needs the rights of an operator; workers and servers then need none.',
    )
    .action(async (_: unknown, cli: Cli) => {
      const done = await deps.setupTemporal();
      await print(deps, cli, done, () => text(done));
    });
}

function text({ address, namespace, server, registered, present }: TemporalSetup): string {
  const names = (list: readonly string[]) => `${plural(list.length, 'search attribute')}: ${list.join(', ')}`;
  return [
    `Temporal ${server} at ${address}, namespace ${namespace}`,
    registered.length > 0 ? `registered ${names(registered)}` : 'nothing had to be registered',
    ...(present.length > 0 ? [`there before: ${names(present)}`] : []),
  ].join('\n');
}
