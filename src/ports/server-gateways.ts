/** What a gateway knows to be open of a version. A version without any of it is drained. */
export interface OpenWork {
  readonly sessions: number;
  readonly tasks: number;
  readonly requests: number;
}

/** A version of a server as one gateway has it in force. */
export interface GatewayVersion {
  readonly version: string;
  /** Whole percents of the callers. */
  readonly traffic: number;
  /** Absent in gateways of older versions. `unknown`: the gateway has neither pinged nor called it yet. */
  readonly health?: { readonly state: 'unknown' | 'healthy' | 'unhealthy'; readonly reason?: string | undefined };
  /** Absent in gateways of older versions. */
  readonly open?: OpenWork;
}

/** One server as one gateway has it in force. `revision`: that of the registry. */
export interface GatewayServer {
  readonly server: string;
  readonly revision: number;
  readonly versions: readonly GatewayVersion[];
}

/** A gateway that answers. `version`: that of Sluice, where the gateway says it. */
export interface GatewayView {
  readonly gateway: string;
  readonly version?: string;
  readonly servers: readonly GatewayServer[];
}

/** A gateway that does not answer, and why. */
export interface SilentGateway {
  readonly gateway: string;
  readonly error: string;
}

/** The gateway processes that the settings name. A gateway that does not answer causes no error. */
export interface ServerGatewaysPort {
  /** Every named gateway with all of its servers. */
  views(): Promise<readonly (GatewayView | SilentGateway)[]>;
}

export function isSilent(view: GatewayView | SilentGateway): view is SilentGateway {
  return 'error' in view;
}
