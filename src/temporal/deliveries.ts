import type { DeliveryMessage } from '../../workflows/messages.ts';
import type { DeliveryCommandName, DeliveryInput, DeliveryState, DeliveryView } from '../domain/delivery/delivery.ts';

export interface StartedDelivery {
  readonly id: string;
  readonly runId: string;
  /** False when the same request id had started it before. */
  readonly started: boolean;
}

/** From the visibility store, so up to a second late. */
export interface DeliverySummary {
  readonly id: string;
  readonly runId: string;
  readonly name: string;
  readonly version: string;
  readonly state: DeliveryState;
  readonly namespace: string;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly closedAt?: number;
}

/** Deliveries, one open one for each deployment. Errors: TEMPORAL_UNREACHABLE, NO_ANSWER. */
export interface Deliveries {
  /** Further errors: DELIVERY_BUSY. */
  start(input: DeliveryInput): Promise<StartedDelivery>;
  /** The latest run, or the run with `runId`. Undefined if Temporal has none. */
  get(name: string, runId?: string): Promise<DeliveryView | undefined>;
  /** Newest first. */
  list(filter: { readonly name?: string; readonly limit: number }): Promise<readonly DeliverySummary[]>;
  /** Returns the state after the command. Further errors: DELIVERY_NOT_FOUND, DELIVERY_CLOSED, DELIVERY_NOT_WAITING. */
  command(name: string, command: DeliveryCommandName, by: DeliveryMessage): Promise<DeliveryView>;
}
