// The product's worker, with real ports that can be made to die or to wait. Its rules are in the folder
// SLUICE_CHAOS_RULES.
import { loadSettings } from '../../src/config/load.ts';
import { clustersOf, worldsOver } from '../../src/entry/ports.ts';
import { runWorker } from '../../src/entry/worker.ts';
import { chaosWorlds } from './chaos-ports.ts';
import { Rules } from './chaos-rules.ts';

const { settings } = loadSettings({ env: process.env });
const rules = new Rules(process.env['SLUICE_CHAOS_RULES'] ?? '');
const worlds = worldsOver(clustersOf(settings), settings);
await runWorker(settings, { worlds: chaosWorlds(worlds, rules), onReady: () => console.log('ready') });
