import type { z } from 'zod';
import type { Move } from '../delivery/move.ts';
import type { Observing } from '../delivery/observe.ts';
import type { Undoing } from '../delivery/undo.ts';
import type { Advanced, Settled, Started } from '../domain/release/moves.ts';
import type { Preflight, ReleaseSpec } from '../domain/release/plan.ts';
import type { Ports } from '../ports/index.ts';

/** How a release proceeds. Settings and interfaces read the name and the file of every strategy at their start. */
export interface Strategy {
  /** The spelling in release files, settings and recorded releases. */
  readonly name: string;
  readonly file: StrategyFile;
  /** It joins updates that another writer has begun. Updates start releases of the first such strategy. */
  readonly joins?: true;
  /** What it does in a release. It is loaded with the first release, so that every other command starts without it. */
  readonly verbs: () => Promise<Verbs>;
}

/**
 * There are five verbs. A verb has several parts if the history of a release records an activity for each. Every part
 * may run more than once, so it reads before it writes.
 */
export interface Verbs {
  /**
   * Reads the facts that the release depends on and checks them. The plan exists when every check holds. Changes
   * nothing.
   */
  readonly plan: (world: Ports, spec: ReleaseSpec) => Promise<Preflight>;
  readonly advance: {
    /** Sets the new version, at most once, and waits until it is ready. It gets no traffic yet. */
    readonly start: (move: Move) => Promise<Started>;
    /** Gives the new version the weight of step `index`. */
    readonly shift: (move: Move, index: number) => Promise<Advanced>;
  };
  readonly observe: Observing;
  readonly finish: {
    /** Makes the new version the stable one. The caller has checked that every step was judged. */
    readonly promote: (move: Move) => Promise<Advanced>;
    /** Waits until the new version is stable and all traffic is at its final place, and proves it. */
    readonly settle: (move: Move) => Promise<Settled>;
  };
  readonly undo: Undoing;
}

/** Settings of the server that are defaults of a release file. */
export interface FileDefaults {
  /** Percent. The step size of a release that chooses its weights. */
  readonly weightStep: number | undefined;
}

/** A strategy's part of a release file. */
export interface StrategyFile {
  /** Its own fields, by name. If two strategies have a field in common, it has one schema. */
  readonly fields: Readonly<Record<string, z.ZodType>>;
  /** Why a field of another strategy has no meaning here, by its path in the file. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** The fields of its short form, which stand for target and image. Absent: it has none. */
  readonly short?: readonly string[];
  /** A file in the short form, written in full. The file is not checked yet. */
  readonly inFull?: (file: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Converts its checked fields to fields of the release. */
  readonly toSpec: (
    file: object,
    defaults: FileDefaults,
  ) => Pick<
    ReleaseSpec,
    | 'steps'
    | 'furtherImages'
    | 'templatePatch'
    | 'smoke'
    | 'traefikService'
    | 'contractReason'
    | 'replay'
    | 'mirror'
    | 'copies'
    | 'conformance'
    | 'targetKind'
    | 'split'
  >;
}
