import type { Scenario, ScenarioResult } from '../domain/servers/conformance.ts';

/** The public conformance suite of MCP. */
export interface ConformancePort {
  /**
   * Runs one scenario after the other against the server at an address. `token`: the credential that it asks for.
   * Errors: SERVER_CONFORMANCE_UNAVAILABLE.
   */
  run(url: string, scenarios: readonly Scenario[], token?: string): Promise<readonly ScenarioResult[]>;
}
