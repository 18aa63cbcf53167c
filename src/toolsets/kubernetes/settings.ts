import { z } from 'zod';
import { boolean, setting } from '../../contract/setting.ts';

export const settings = {
  kubernetesExec: setting(
    'SLUICE_KUBERNETES_EXEC',
    boolean,
    false,
    'true: the tools k8s_exec and k8s_cp exist, and so does `sluice kubernetes port-forward`. They reach into containers.',
  ),
  kubernetesFiles: setting(
    'SLUICE_KUBERNETES_FILES',
    z.string().trim().min(1),
    '.',
    'Folder for the files that k8s_cp reads and writes.',
  ),
} as const;

/** The switch of the commands that reach into containers. */
export const EXEC = { key: 'kubernetesExec', env: settings.kubernetesExec.env } as const;
