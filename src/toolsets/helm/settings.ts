import { z } from 'zod';
import { commaList, setting } from '../../contract/setting.ts';

const path = z.string().trim().min(1);
const optionalPath: z.ZodType<string | undefined, string> = path;
const hosts = commaList.refine(
  (list) => list.every((host) => /^[a-zA-Z0-9.-]{1,253}(:\d{1,5})?$/.test(host)),
  'must be hosts, with their ports, separated by commas',
);

export const settings = {
  helmProgram: setting(
    'SLUICE_HELM',
    optionalPath,
    undefined,
    'Path of the program helm, version 4 or 3; unset: the newest one on PATH.',
  ),
  helmCharts: setting('SLUICE_HELM_CHARTS', path, '.', 'Folder with the charts that calls name as ./name.'),
  helmPlainHttp: setting(
    'SLUICE_HELM_PLAIN_HTTP',
    hosts,
    [],
    'Chart registries (host:port) that are reached by HTTP, separated by commas.',
  ),
} as const;
