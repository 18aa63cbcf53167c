/** A registry of images, read without credentials. */
export interface ImageRegistryPort {
  /** Whether a registry answers at all. Errors: REGISTRY_UNAVAILABLE. */
  reach(image: string): Promise<void>;
  /**
   * The digest of a reference. Undefined if the registry has no such image. `hidden`: it shows images only after a
   * login. Errors: REGISTRY_UNAVAILABLE.
   */
  digest(image: string): Promise<string | 'hidden' | undefined>;
}
