/** Why a release does not continue. */
export interface StopCause {
  readonly kind:
    | 'abort'
    | 'failed'
    | 'deadline'
    | 'superseded'
    | 'aborted-elsewhere'
    | 'steps-changed'
    | 'promoted-elsewhere'
    | 'cancelled'
    | 'error'
    | 'refused'
    | 'window';
  readonly reason: string;
  readonly who?: string;
}
