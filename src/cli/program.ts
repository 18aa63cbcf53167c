import type { Command as Cli } from 'commander';
import { TOOLSETS } from '../toolsets/index.ts';
import { addAccess } from './access.ts';
import { addAudit } from './audit.ts';
import { addCompletion } from './completion/index.ts';
import type { CliDeps } from './deps.ts';
import { addCredentials } from './credentials.ts';
import { addDeliveryPages } from './delivery-pages.ts';
import { addDoctor } from './doctor.ts';
import { addOnboard } from './onboard.ts';
import { addReleasePages, afterReleaseCommands } from './release.ts';
import { createRoot } from './root.ts';
import { addLogin } from './login.ts';
import { addSandbox } from './sandbox.ts';
import { addSetup } from './setup.ts';
import { addServers } from './servers.ts';
import { addConfig } from './show-config.ts';
import { addToolset } from './tool-command.ts';
import { addTools } from './tools.ts';

/** The whole command line. */
export function createProgram(deps: CliDeps): Cli {
  const program = createRoot(deps);
  for (const toolset of TOOLSETS) addToolset(program, deps, toolset, afterReleaseCommands(deps));
  addReleasePages(program, deps);
  addTools(program, deps);
  addServers(program, deps);
  addOnboard(program, deps);
  addDeliveryPages(program, deps);
  addSandbox(program, deps);
  addAccess(program, deps);
  addAudit(program, deps);
  addCredentials(program, deps);
  addLogin(program, deps);
  addSetup(program, deps);
  addDoctor(program, deps);
  addConfig(program, deps);
  addCompletion(program, deps);
  // Commander's own suggestions use spelling only, so they may lead from a read to a write.
  for (const group of program.commands) if (group.commands.length > 0) group.showSuggestionAfterError(false);
  return program;
}
