import { z } from 'zod';
import { EFFECTIVE } from '../../domain/effect.ts';
import { effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { touchesNothing, type Command, type CommandContext, type Example } from '../../commands/command.ts';
import { outcomeText, type Outcome } from '../../commands/effect-text.ts';

const output = z.strictObject({ changed: z.boolean(), effective: z.enum(EFFECTIVE), reason: z.string() });

interface RepositoryWrite<I extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly positional: readonly string[];
  readonly input: I;
  readonly example: Example<z.input<I>>;
  run(context: CommandContext, input: z.output<I>): Promise<Outcome>;
}

/** A command that changes which chart repositories Helm knows. No object of a cluster is touched. */
export function repositoryWrite<I extends z.ZodObject>(write: RepositoryWrite<I>): Command<I, typeof output> {
  const { example, ...rest } = write;
  return {
    ...rest,
    kind: 'write',
    idempotent: true,
    toolset: 'helm',
    // Every caller installs from these repositories.
    needs: 'admin',
    output,
    examples: [example],
    touches: touchesNothing,
    check: (raw) => parse(write.input, raw ?? {}),
    problem: effectProblem,
    text: outcomeText,
  };
}
