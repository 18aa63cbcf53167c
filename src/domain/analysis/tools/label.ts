/** The label that names the tool of an MCP server. Series without it count requests that call no tool. */
export const TOOL_LABEL = 'mcp_tool';
