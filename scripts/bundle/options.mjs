import { builtinModules } from 'node:module';
import { dirname, relative, sep } from 'node:path';

/**
 * Packages that become part of the bundle: pure JavaScript, without files of their own that they look for at run time.
 * All others are loaded from node_modules when a command needs them.
 */
const INSIDE = ['commander', 'fastest-levenshtein', 'jsonc-parser', 'picocolors', 'pino', 'yaml', 'zod'];

const BUILTIN = '\0builtin:';

/** Options of rolldown for the command line of the repository `root`. The bundle is written to `folder`. */
export function inputOptions(root, folder) {
  return {
    cwd: root,
    input: { cli: 'src/entry/cli.ts' },
    platform: 'node',
    tsconfig: false,
    // The main file of jsonc-parser hides its own files from bundlers.
    resolve: { mainFields: ['module', 'main'] },
    // Nothing is rewritten but types: Node runs the sources as they are.
    transform: { target: 'esnext' },
    external: (id, importer) => isPackage(id) && !isInside(id, importer),
    plugins: [builtins, placeOf(folder), plainTags],
    onLog: (level, log) => {
      // Files that several commands share are in one chunk with others, and loaded sooner than their importers ask.
      if (level === 'warn' && log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') throw new Error(log.message);
    },
  };
}

/**
 * A start reads few files: one for every command, and one for all commands but the gateway. That has one with which it
 * starts the process of a version, and one for the rest, which it loads meanwhile.
 */
export function outputOptions() {
  const groups = [
    { name: 'start', tags: ['$initial'], priority: 4 },
    { name: 'early', test: /src.(cli.gateway|entry.gateway|adapters.server-registry.index)[.]ts$/, priority: 3 },
    { name: 'gateway', test: /src.entry.gateway-(serve|stdio|pages)[.]ts$/, priority: 2 },
    { name: 'program', test: /src.cli.(program|failures)[.]ts$/, priority: 1 },
  ];
  return {
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    codeSplitting: { includeDependenciesRecursively: true, groups },
  };
}

/** Options of rolldown for the program `bridge.mjs` of images: one file, which any Node from 22 on runs by itself. */
export function bridgeInput(root) {
  return {
    cwd: root,
    input: { bridge: 'src/entry/bridge.ts' },
    platform: 'node',
    tsconfig: false,
    transform: { target: 'es2023' },
    external: (id) => isPackage(id) || builtinModules.includes(id),
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message);
    },
  };
}

/** The file is part of other people's repositories and images, so it says whose it is. */
export function bridgeOutput() {
  const banner = [
    '/*!',
    ' * The bridge of Sluice: serves an MCP server that speaks over stdin and stdout at an address.',
    ' * SPDX-License-Identifier: Apache-2.0',
    ' * Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0',
    ' */',
  ].join('\n');
  return { format: 'esm', entryFileNames: '[name].mjs', codeSplitting: false, comments: { legal: true }, banner };
}

function isPackage(id) {
  return !/^[./\0]|^node:|^[A-Za-z]:[\\/]/.test(id) && !builtinModules.includes(id);
}

function isInside(id, importer = '') {
  const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/');
  return INSIDE.includes(name) || importer.includes('node_modules');
}

/**
 * `import` of a built-in module reads each of its exports, and so loads what it would load on demand: for `node:http`
 * that is undici, and takes longer than all sources of the command line. `getBuiltinModule` reads none.
 */
const builtins = {
  name: 'builtins',
  resolveId: {
    filter: { id: /^(node:)?[a-z_/0-9]+$/ },
    handler(id) {
      if (!id.startsWith('node:') && !builtinModules.includes(id)) return undefined;
      const name = id.replace(/^node:/, '');
      // The runtime of the bundle itself imports it.
      return name === 'module' ? { id: 'node:module', external: true } : `${BUILTIN}${name}.cjs`;
    },
  },
  load: {
    filter: { id: /^\0builtin:/ },
    handler: (id) => ({
      code: `module.exports = process.getBuiltinModule('node:${id.slice(BUILTIN.length, -'.cjs'.length)}')`,
      moduleType: 'js',
    }),
  },
};

/** Sources look for files beside themselves, and these stay where they are. */
function placeOf(folder) {
  const from = (path) => JSON.stringify(relative(folder, path).split(sep).join('/'));
  return {
    name: 'place',
    transform: {
      filter: { id: /[.]ts$/, code: /import[.]meta/ },
      handler: (code, id) =>
        code
          .replaceAll('import.meta.url', `new URL(${from(id)}, import.meta.url).href`)
          .replaceAll('import.meta.dirname', `(import.meta.dirname + '/' + ${from(dirname(id))})`),
    },
  };
}

/**
 * The bundler replaces a tagged template with `</script` in it by a call of a package of its own. The text stays equal.
 */
const plainTags = {
  name: 'plain-tags',
  transform: {
    filter: { id: /[.]ts$/, code: /<\/script/ },
    handler: (code) => code.replaceAll('</script', String.raw`<\/script`),
  },
};
