/** One pod of one version. If it is not ready, it has the reason that the cluster gives. */
export interface PodState {
  readonly name: string;
  readonly ready: boolean;
  /**
   * For example CrashLoopBackOff, ImagePullBackOff, Unschedulable, Unhealthy. Absent if the pod is ready or no reason
   * is given.
   */
  readonly reason?: string;
  readonly message?: string;
  /** Exit code of the last container that ended. */
  readonly exitCode?: number;
  readonly restarts: number;
}

/** The pods of one version. `problem`: the reason why there are none, or why they could not be read. */
export interface VersionPods {
  readonly pods: readonly PodState[];
  readonly problem?: string;
}

const MAX_MESSAGE = 160;

/**
 * The pods in one line: "1 of 2 ready: CrashLoopBackOff, exit code 1, 3 restarts". Undefined if nothing is known and
 * nothing is wrong.
 */
export function podsText({ pods, problem }: VersionPods): string | undefined {
  if (pods.length === 0) return problem;
  const ready = pods.filter((pod) => pod.ready).length;
  const reasons = [...new Set(pods.filter((pod) => !pod.ready).map(podText))];
  return `${ready} of ${pods.length} ready${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`;
}

/** The reason why a version is not ready. Undefined if all its pods are ready or nothing is known. */
export function podsTrouble(found: VersionPods): string | undefined {
  const waiting = found.pods.some(({ ready }) => !ready) || (found.pods.length === 0 && found.problem !== undefined);
  return waiting ? podsText(found) : undefined;
}

/** Texts of container runtimes for an image that does not exist. */
const NO_IMAGE = /not found|does not exist|manifest unknown/i;

/**
 * Why a version can never get ready. Undefined if it still may. `restarts`: this number of restarts of one crashing pod
 * counts as proof.
 */
export function podsNeverReady({ pods }: VersionPods, restarts: number): string | undefined {
  const lost = pods.find((pod) => !pod.ready && isLost(pod, restarts));
  return lost && `the new version cannot get ready: ${podText(lost)}`;
}

function isLost({ reason = '', message = '', restarts: seen }: PodState, restarts: number): boolean {
  if (reason === 'InvalidImageName' || reason === 'ErrImageNeverPull') return true;
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') return NO_IMAGE.test(message);
  return seen >= restarts;
}

export function podText({ ready, reason, message, exitCode, restarts }: PodState): string {
  const parts = [
    ready ? 'ready' : (reason ?? 'not ready yet'),
    ...(exitCode === undefined || ready ? [] : [`exit code ${exitCode}`]),
    ...(restarts > 0 ? [`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`] : []),
  ];
  return `${parts.join(', ')}${!ready && message ? ` (${message.slice(0, MAX_MESSAGE)})` : ''}`;
}
