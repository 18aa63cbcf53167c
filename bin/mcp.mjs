#!/usr/bin/env node
// The programs mcp-deploy, mcp-promote, … of package.json:
// `mcp-promote demo 2.0.0` is `sluice server promote demo 2.0.0`.
import { basename } from 'node:path';

const [, word] = /^mcp-([a-z-]+?)(\.mjs)?$/.exec(basename(process.argv[1])) ?? [];
if (word === undefined) {
  process.stderr.write('mcp: start it as mcp-deploy, mcp-status, …, or call `sluice server`.\n');
  process.exit(2);
}
process.argv.splice(2, 0, 'server', word);
await import('./sluice.mjs');
