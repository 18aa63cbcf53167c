/** What describes the cluster itself is in no namespace: its kinds, their fields, the contexts that lead to it. */
export const touchesNoObject = async (): Promise<readonly []> => [];
