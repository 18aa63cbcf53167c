import type { NotRun } from './not-run.ts';

/** A server that is started from an image of the builder. */
export interface RunAsked {
  /** `sha256:…` */
  readonly id: string;
  /** The program that built it. */
  readonly builder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The port that the server opens. */
  readonly port: number;
  /** How long it may take until it opens the port. */
  readonly startSeconds: number;
}

/** Runs images on this machine. What it cannot do is returned, with the reason. */
export interface ImageRunnerPort {
  /**
   * Starts a server without any network but its own loopback, without capabilities and with a read-only file system.
   * Calls `use` with an address of this machine that leads to its port, `http://127.0.0.1:<port>`, and ends the server.
   * Errors: those of `use`.
   */
  withServer<T>(asked: RunAsked, signal: AbortSignal, use: (address: string) => Promise<T>): Promise<T | NotRun>;
}
