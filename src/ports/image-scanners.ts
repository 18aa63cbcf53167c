import type { Vulnerability } from '../domain/delivery/vulnerabilities.ts';
import type { NotRun } from './not-run.ts';

/** A file, with the SHA-256 of its content in hexadecimal digits. */
export interface SbomFile {
  readonly file: string;
  readonly sha256: string;
}

/** The software bill of materials of an image. */
export interface Sbom {
  /** The program with its version. */
  readonly program: string;
  readonly packages: number;
  /** SPDX 2.3 as JSON. */
  readonly spdx: SbomFile;
  /** CycloneDX 1.6 as JSON. */
  readonly cyclonedx: SbomFile;
}

export interface Scan {
  /** The program with its version, and its data with their date if it shows one. */
  readonly program: string;
  readonly found: readonly Vulnerability[];
}

/** An image in a file, as `docker save` writes it. `id`: `sha256:…`. */
export interface ImageFile {
  readonly archive: string;
  readonly id: string;
}

/** Programs of this machine that look into images. What they cannot do is returned, with the reason. */
export interface ImageScannersPort {
  /** The files stay on this machine. The same image has the same files: they are made once. */
  sbom(image: ImageFile, signal: AbortSignal): Promise<Sbom | NotRun>;
  /** Compares the packages of a bill with a database of vulnerabilities. */
  vulnerabilities(sbom: Sbom, signal: AbortSignal): Promise<Scan | NotRun>;
}
