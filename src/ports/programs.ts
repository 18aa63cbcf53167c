/** The programs of this machine. */
export interface ProgramsPort {
  /**
   * Whether a process can be started by this command: a name on `path` (default: PATH of this process), or the path of
   * an executable file.
   */
  exists(command: string, path?: string): Promise<boolean>;
}
