/** The program that serves an MCP server over stdin and stdout at an address, as one file for images. */
export interface BridgeBundlePort {
  /** The text of the file. Errors: BRIDGE_NOT_BUILT. */
  read(): Promise<string>;
}
