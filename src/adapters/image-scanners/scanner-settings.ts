export interface ScannerSettings {
  /** The name or the path of syft. */
  readonly sbomProgram: string;
  /** The name or the path of grype or osv-scanner. Undefined: the first one that there is. */
  readonly scanner?: string | undefined;
  /** The time limit of each call, in milliseconds. */
  readonly timeout: number;
  /** The folder of the bills of materials. */
  readonly folder: string;
}
