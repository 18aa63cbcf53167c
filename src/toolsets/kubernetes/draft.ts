import type { z } from 'zod';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { ObjectAt, ObjectWrite } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';

/** A change of one object that a caller asks for, made from the object as it is. */
export interface Draft {
  readonly at: ObjectAt;
  /** Undefined if there is no such object. */
  readonly before: ApiObject | undefined;
  readonly write: ObjectWrite;
  /** What a reader should know about this change, as sentences. */
  readonly warnings?: readonly string[];
}

/** What one write tool does. Each has its own file; k8s_plan knows them all. */
export interface Action<S extends z.ZodObject = z.ZodObject> {
  /** The end of the tool's name: `scale`. */
  readonly name: string;
  /** The fields that say what to change. */
  readonly fields: S;
  /** Errors: those of `located` and of the port, and NOT_APPLICABLE. */
  draft(context: CommandContext, input: z.output<S>): Promise<readonly Draft[]>;
}
