/** A container of a pod. */
export interface ContainerAt {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecStreams {
  /** If absent, the command has no input. */
  readonly stdin?: Uint8Array;
  stdout(part: Uint8Array): void;
  stderr(part: Uint8Array): void;
}

/** A port of a pod, made available on this machine. */
export interface Forwarding {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  /** The port on the loopback address. 0: a free one. */
  readonly localPort: number;
}

export interface ForwardEvents {
  /** The port on the loopback address at which connections are accepted. */
  listening(localPort: number): void;
  /** A connection has ended because of this. */
  failed(reason: string): void;
}

/**
 * Streams into pods. Errors of all: CLUSTER_*, FORBIDDEN, OBJECT_NOT_FOUND, NOT_APPLICABLE with the kubelet's reason.
 */
export interface PodStreamsPort {
  /**
   * Runs a command in a container, without a shell, and returns its exit code. An aborted `signal` closes the
   * connection: the call then fails with the reason of the signal, and the command may go on.
   */
  exec(
    at: ContainerAt,
    command: readonly string[],
    streams: ExecStreams,
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number }>;
  /**
   * Accepts connections on the loopback address until `signal` is aborted, each with a connection to the pod. Returns
   * how many there were. Further errors: NOT_APPLICABLE (the local port cannot be used).
   */
  forward(what: Forwarding, events: ForwardEvents, signal: AbortSignal): Promise<{ readonly connections: number }>;
}
