import { SluiceError } from '../errors.ts';
import { fullName, type ApiKind } from './api-kind.ts';

export interface NeededRight {
  readonly cluster: string;
  readonly kind: Pick<ApiKind, 'group' | 'plural'>;
  readonly namespace?: string | undefined;
  readonly verb: string;
  readonly subresource?: string | undefined;
}

/** The error for a right that the account does not have: FORBIDDEN. */
export function missingRight({ cluster, kind, namespace, verb, subresource }: NeededRight): SluiceError {
  const resource = subresource === undefined ? fullName(kind) : `${fullName(kind)}/${subresource}`;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const message = `The account in use may not ${verb} ${resource}${where}. Nothing was changed.`;
  return new SluiceError('FORBIDDEN', message, {
    details: { cluster, verb, resource, ...(namespace === undefined ? {} : { namespace }) },
  });
}
