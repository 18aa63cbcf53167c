import { AsyncLocalStorage } from 'node:async_hooks';
import type { Account } from '../domain/access/impersonation.ts';

const storage = new AsyncLocalStorage<Account | undefined>();

/** The account that the present call uses in Kubernetes. Undefined: that of this process. */
export function actingAccount(): Account | undefined {
  return storage.getStore();
}

/** Runs work whose requests to Kubernetes are those of an account. Undefined: that of this process. */
export function actingAs<T>(account: Account | undefined, work: () => T): T {
  return storage.run(account, work);
}
