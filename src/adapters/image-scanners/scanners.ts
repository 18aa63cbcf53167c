import { SEVERITIES, type Severity, type Vulnerability } from '../../domain/delivery/vulnerabilities.ts';

/** A program that compares a bill of materials with its database. A new one is an entry of SCANNERS. */
export interface Scanner {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** `bill`: an SPDX or CycloneDX file. The answer goes to the file `out`. */
  args(bill: { readonly spdx: string; readonly cyclonedx: string }, out: string): readonly string[];
  /** The program may end with this code although it has scanned, because it has found something. */
  readonly foundCode?: number;
  /** `answer`: the JSON of the file. Undefined for an answer of another shape. */
  read(answer: unknown): ScannerAnswer | undefined;
}

export interface ScannerAnswer {
  readonly version: string;
  readonly found: readonly Vulnerability[];
}

interface GrypeAnswer {
  readonly matches?: readonly {
    readonly vulnerability: {
      readonly id: string;
      readonly severity?: string;
      readonly fix?: { readonly versions?: readonly string[] | null };
    };
    readonly artifact: { readonly name: string; readonly version: string };
  }[];
  readonly descriptor?: {
    readonly version?: string;
    readonly db?: { readonly status?: { readonly built?: string }; readonly built?: string };
  };
}

/** It needs a database, which it fetches by itself unless GRYPE_DB_AUTO_UPDATE is false. */
const grype: Scanner = {
  name: 'grype',
  env: { GRYPE_CHECK_FOR_APP_UPDATE: 'false', NO_COLOR: '1' },
  args: ({ cyclonedx }, out) => [`sbom:${cyclonedx}`, '--output', 'json', '--file', out],
  read(answer) {
    const { matches, descriptor } = answer as GrypeAnswer;
    if (!matches) return undefined;
    const built = descriptor?.db?.status?.built ?? descriptor?.db?.built;
    return {
      version: `${descriptor?.version ?? ''}${built === undefined ? '' : `, data of ${built}`}`.trim(),
      found: matches.map(({ vulnerability: { id, severity, fix }, artifact }) => ({
        id,
        severity: severityOf(severity),
        package: `${artifact.name} ${artifact.version}`,
        fixedIn: fix?.versions ?? [],
      })),
    };
  },
};

interface OsvAnswer {
  readonly results?: readonly {
    readonly packages: readonly {
      readonly package: { readonly name: string; readonly version: string };
      readonly groups?: readonly { readonly ids: readonly string[]; readonly max_severity?: string }[];
    }[];
  }[];
}

/** It asks nobody: its database are the dumps of OSV in OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY. */
const osvScanner: Scanner = {
  name: 'osv-scanner',
  env: {},
  foundCode: 1,
  args: ({ spdx }, out) => ['scan', 'source', '--offline', '--format', 'json', '--output', out, '--lockfile', spdx],
  read(answer) {
    const { results } = answer as OsvAnswer;
    const packages = results?.flatMap((one) => one.packages);
    const found = packages?.flatMap(({ package: { name, version }, groups = [] }) =>
      groups.map(({ ids, max_severity: score }) => ({
        id: ids[0] ?? '',
        severity: severityOfScore(score),
        package: `${name} ${version}`,
        fixedIn: [],
      })),
    );
    return found && { version: '', found };
  },
};

/** In the order in which they are tried. */
export const SCANNERS: readonly Scanner[] = [grype, osvScanner];

function severityOf(word = ''): Vulnerability['severity'] {
  return SEVERITIES.find((one) => one === word.toLowerCase()) ?? 'unknown';
}

/** The bands of CVSS 3.1. */
function severityOfScore(score = ''): Vulnerability['severity'] {
  const bands: readonly [number, Severity][] = [
    [9, 'critical'],
    [7, 'high'],
    [4, 'medium'],
    [0.1, 'low'],
  ];
  const value = Number(score === '' ? Number.NaN : score);
  return bands.find(([from]) => value >= from)?.[1] ?? (value === 0 ? 'negligible' : 'unknown');
}
