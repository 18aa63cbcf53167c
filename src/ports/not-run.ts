/** Why something could not be done on this machine, without a full stop. */
export interface NotRun {
  readonly notRun: string;
}
