import type { z } from 'zod';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { Difference } from '../../domain/cluster-objects/differences.ts';
import type { Manager } from '../../domain/cluster-objects/managing-tool.ts';
import type { Effect } from '../../domain/effect.ts';
import type { ObjectAt, ObjectWrite } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';

/** A change of one object that a caller asks for, made from the object as it is. */
export interface Draft {
  readonly at: ObjectAt;
  /** Undefined if there is no such object. */
  readonly before: ApiObject | undefined;
  readonly write: ObjectWrite;
  /** What a reader should know about this change, as sentences. */
  readonly warnings?: readonly string[];
  /** No manager of the object puts this change back, so it needs no reason. */
  readonly stays?: true;
  /** A change before it in the same plan also writes this object, so only its identity and its release are compared. */
  readonly follows?: true;
}

/** A change that the API server has accepted in a dry run. */
export interface PlannedChange extends Draft {
  /** As the API server would store it. Undefined: the object is deleted. */
  readonly wanted: ApiObject | undefined;
  readonly changes: readonly Difference[];
  readonly managers: readonly Manager[];
}

/** What came of a change. */
export interface Outcome extends Pick<Effect<never>, 'changed' | 'effective' | 'reason'> {
  /** It was read back as planned, and its pods are not as they shall be yet. */
  readonly unsettled?: true;
}

/** What one write tool does. Each has its own file; the plan tool of its toolset knows them all. */
export interface Action<S extends z.ZodObject = z.ZodObject> {
  /** The end of the tool's name: `scale`. */
  readonly name: string;
  /** The fields that say what to change. */
  readonly fields: S;
  /** Errors: those of `located` and of the port, and NOT_APPLICABLE. */
  draft(context: CommandContext, input: z.output<S>): Promise<readonly Draft[]>;
  /** Refuses a change after its dry run, for example if the API server has dropped a field. Errors: NOT_APPLICABLE. */
  accepted?(change: PlannedChange): void;
  /** Waits for what a change that was read back as planned has to bring about. Undefined: there is nothing more. */
  settled?(
    context: CommandContext,
    change: PlannedChange,
    input: z.output<S>,
  ): Promise<Pick<Outcome, 'effective' | 'reason'> | undefined>;
  /** What can be done after the changes are proved, as a sentence. */
  next?(input: z.output<S>): string;
  /** What a person is asked about a change that needs confirm. If absent, it is a deletion or a drain. */
  question?(changes: readonly PlannedChange[]): string;
  /** A change is written only after the changes before it are proved. */
  readonly inOrder?: true;
}
