import { recordsAt, textAt, type ApiObject } from './api-object.ts';

/** The condition of a type in the status of an object. */
export function condition(object: ApiObject, type: string): ApiObject | undefined {
  return recordsAt(object, 'status', 'conditions').find((one) => one['type'] === type);
}

/** The condition if it has this status. */
export function conditionIs(object: ApiObject, type: string, status: string): ApiObject | undefined {
  const found = condition(object, type);
  return found?.['status'] === status ? found : undefined;
}

/** "<reason>: <message>". */
export function conditionText(one: ApiObject | undefined): string {
  return `${textAt(one, 'reason') ?? ''}: ${textAt(one, 'message') ?? ''}`;
}
