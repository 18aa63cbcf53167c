/** Groups of tools; a caller may ask for some only. */
export const TOOLSETS = ['release', 'argo', 'traefik'] as const;
export type Toolset = (typeof TOOLSETS)[number];
