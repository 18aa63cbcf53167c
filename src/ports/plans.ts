/** A plan that release_plan has returned. */
export interface StoredPlan {
  /** The digest of the plan: `plan-` and hexadecimal digits. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** The release file, as it was checked. */
  readonly file: unknown;
  /** The kubeconfig context that the plan was made for. */
  readonly cluster: string;
  /** The facts of the plan, by name. The difference to a later plan is described with these names. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Plans of the last day. */
export interface PlansPort {
  /**
   * Never throws. A plan that could not be stored can be started only by the process that made it, for as long as it
   * runs.
   */
  save(plan: StoredPlan): Promise<void>;
  /** Undefined if no plan of the last day has this id, or if it was made with another SLUICE_HOME. */
  find(id: string): Promise<StoredPlan | undefined>;
}
