export interface AgentConfig {
  apiServer: string;
  token: string;
  /** Path of the API server's certificate. */
  certificate: string;
  node: string;
  /** Second octet of the Service range. Fictitious pod addresses are in 10.<range>.0.0/16. */
  range: number;
}
