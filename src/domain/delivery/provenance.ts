import { imageParts } from '../onboarding/image-reference.ts';
import type { DeliveryFacts, DeliveryInput } from './delivery.ts';

/** An in-toto statement, version 1, with a predicate of SLSA provenance, version 1. */
export interface ProvenanceStatement {
  readonly _type: typeof STATEMENT;
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: typeof PREDICATE;
  readonly predicate: object;
}

const STATEMENT = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'https://slsa.dev/provenance/v1';
const BUILD_TYPE = 'https://sluice.dev/delivery/v1';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

export interface Built extends DeliveryFacts {
  readonly image: string;
  /** `sha256:…` of the image in the registry. */
  readonly digest: string;
}

/** How an image was made. The same delivery has the same statement, so it has no times. `runId`: of the delivery. */
export function provenanceOf(input: DeliveryInput, built: Built, runId: string): ProvenanceStatement {
  const { name, version, gitUrl, sourceCommit, asked } = input;
  const { image, digest, builder = 'unknown', commit, sourceTree, imageId, sbom } = built;
  const byproducts = Object.entries(sbom ?? {}).map(([format, sha256]) => ({
    name: `sbom.${format}`,
    digest: { sha256 },
  }));
  return {
    _type: STATEMENT,
    subject: [{ name: imageParts(image).name, digest: { sha256: digest.replace('sha256:', '') } }],
    predicateType: PREDICATE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          name,
          version,
          source: gitUrl,
          ...chosen(asked, ['ref', 'folder', 'language', 'package']),
        },
        internalParameters: { deploymentCommit: commit, sourceTree, imageId },
        resolvedDependencies: [{ uri: `git+${gitUrl}@${sourceCommit}`, digest: { gitCommit: sourceCommit } }],
      },
      runDetails: {
        builder: { id: `https://sluice.dev/builders/${builder}` },
        metadata: { invocationId: runId },
        ...(byproducts.length === 0 ? {} : { byproducts }),
      },
    },
  };
}

function chosen(asked: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]]])));
}

/** Whether a text is a statement of provenance of this image. Undefined if it is, else what is wrong. */
export function wrongSubject(payload: string, digest: string): string | undefined {
  const statement = parsed(payload);
  if (statement?._type !== STATEMENT || statement.predicateType !== PREDICATE)
    return 'it is no statement of SLSA provenance, version 1';
  const digests = (statement.subject ?? []).map((one) => `sha256:${one.digest?.sha256 ?? ''}`);
  return digests.length === 1 && digests[0] === digest
    ? undefined
    : `it stands for ${digests.join(', ')}, not for ${digest}`;
}

interface Parsed {
  readonly _type?: string;
  readonly predicateType?: string;
  readonly subject?: readonly { readonly digest?: { readonly sha256?: string } }[];
}

function parsed(text: string): Parsed | undefined {
  try {
    return JSON.parse(text) as Parsed;
  } catch {
    return undefined;
  }
}
