/** A deployment.yaml as many have it, with the fields that every one has. */
export const DEPLOYMENT_FILE = {
  deployment: {
    name: 'mcp-grafana',
    version: 'v1.0.0',
    github_url: 'https://github.com/user/mcp-server',
    repo_type: 'nodejs',
    created_at: '2025-01-15T10:30:00Z',
  },
  container: { image: 'registry.example.com/team/mcp-grafana:v1.0.0', port: 8000 },
  kubernetes: {
    namespace: 'mcp-servers',
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
  },
  environment: { MCP_TRANSPORT: 'sse', MCP_PORT: '8000', DEBUG: false },
};
