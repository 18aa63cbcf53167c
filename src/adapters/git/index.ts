export { createBranches } from './branches.ts';
export { createDeployments } from './deployments.ts';
export { createSourceRepositories, type SourceSettings } from './sources.ts';
