/** A plan that release_plan has answered. */
export interface KeptPlan {
  /** The digest of the plan: `plan-` and hexadecimal digits. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** The release file, as it was checked. */
  readonly file: unknown;
  /** The kubeconfig context that the plan was made for. */
  readonly cluster: string;
  /** What the plan said, by name: the difference to a later plan is told by these names. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Plans of the last day. */
export interface PlansPort {
  /** Never throws: a plan that cannot be stored can be started by the process that made it, for as long as it runs. */
  keep(plan: KeptPlan): Promise<void>;
  /** Undefined: no plan of the last day has this id, or it was made with another SLUICE_HOME. */
  find(id: string): Promise<KeptPlan | undefined>;
}
