/** `digest`: of the image; absent if there is none. `hidden`: the registry shows images only after a login. */
export interface RegistryAnswer {
  readonly digest?: string;
  readonly hidden: boolean;
}

/** A registry of images, read without credentials. */
export interface ImageRegistryPort {
  /** Whether a registry answers at all. Errors: REGISTRY_UNAVAILABLE. */
  reach(image: string): Promise<void>;
  /** The image of a reference. Errors: REGISTRY_UNAVAILABLE. */
  read(image: string): Promise<RegistryAnswer>;
}
