/** The name under which the calls of a version are counted. Neither part may contain "@". */
export function countedAs(server: string, version: string): string {
  return `${server}@${version}`;
}
