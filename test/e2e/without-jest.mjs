// Lets Node load scenarios outside of Jest, to list them. Their assertions are never called.
import { registerHooks } from 'node:module';

const NOTHING = 'data:text/javascript,export const expect = undefined;';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals' ? { url: NOTHING, shortCircuit: true } : next(specifier, context),
});
