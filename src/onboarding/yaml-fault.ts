/** The first line of an error of the package yaml, which ends with a colon, as a part of a sentence. */
export function yamlFault({ message }: { readonly message: string }): string {
  return (message.split('\n')[0] ?? '').replace(/[:.\s]+$/, '');
}
