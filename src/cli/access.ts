import { Option, type Command as Cli } from 'commander';
import { permissionOf } from '../commands/access.ts';
import { touchesNothing } from '../commands/command.ts';
import { IDENTITY_KINDS, osUser, type Caller, type IdentityKind } from '../domain/access/caller.ts';
import { decide, type Decision, type Touched } from '../domain/access/decide.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { complete } from './completion/sources.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';
import { findTool } from './tools.ts';

interface Asked {
  readonly kind: IdentityKind;
  readonly group: readonly string[];
  readonly cluster?: string;
}

/** `sluice access can`: what the rules of the settings file say about somebody. */
export function addAccess(program: Cli, deps: CliDeps): void {
  const access = program
    .command('access')
    .description('Ask who may do what, by the section access of the settings file');
  const can = access
    .command('can')
    .summary('Say whether somebody may call a tool, and why')
    .description(
      'Say whether somebody may call a tool on a target, and why; exit code 3 if not. The limits of a credential and the allow list of namespaces apply besides the rules',
    )
    .argument('<who>', '<issuer>#<subject>, as in os#ada; a name alone is a user of the operating system')
    .argument('<tool>', 'name of the tool')
    .argument('[target]', '<namespace>/<name> or <namespace>; without it every namespace, or no object')
    .addOption(new Option('--kind <kind>', 'who calls').choices(IDENTITY_KINDS).default('person'))
    .option(
      '--group <name>',
      'a group that the issuer says; may be repeated',
      (name, all: string[]) => [...all, name],
      [],
    )
    .option('--cluster <context>', 'kubeconfig context of the target')
    .action((who: string, tool: string, target: string | undefined, asked: Asked, cli: Cli) =>
      answer(deps, cli, { who, tool, target, asked }),
    );
  complete.argument(can, 'tool', 1);
}

interface Question {
  readonly who: string;
  readonly tool: string;
  readonly target: string | undefined;
  readonly asked: Asked;
}

async function answer(deps: CliDeps, cli: Cli, { who, tool, target, asked }: Question): Promise<void> {
  const command = findTool(tool);
  const { settings } = settingsOf(deps, cli);
  const need = { tool: command.name, toolset: command.toolset, permission: permissionOf(command) };
  const touched = command.touches === touchesNothing ? [] : touchedBy(target, asked.cluster);
  const decision = decide(callerOf(who, asked), { ...need, touched }, settings.access);
  const { allowed, why } = decision;
  const value = { who: cleanText(who, 300), tool, permission: need.permission, allowed, why, ...narrowed(decision) };
  await print(deps, cli, value, () => text(value));
  if (!allowed) process.exitCode = ERRORS.ACCESS_DENIED.exit;
}

function narrowed(decision: Decision): { readonly namespaces?: readonly string[] } {
  return decision.allowed && decision.namespaces ? { namespaces: decision.namespaces } : {};
}

function text({
  allowed,
  why,
  namespaces,
}: {
  readonly allowed: boolean;
  readonly why: string;
  readonly namespaces?: readonly string[];
}): string {
  const where = namespaces ? ` It sees the namespaces ${namespaces.join(', ')} only.` : '';
  return `${allowed ? 'yes' : 'no'}: ${why}.${where}`;
}

/** Without a target, a call of every namespace. */
function touchedBy(target: string | undefined, cluster: string | undefined): readonly Touched[] {
  const [namespace, name, ...rest] = target?.split('/') ?? [];
  if (rest.length > 0 || namespace === '' || name === '')
    throw new SluiceError('INVALID_INPUT', `The target ${cleanText(target ?? '', 80)} has another form.`, {
      next: 'Write <namespace>/<name>, or <namespace>. --cluster names the cluster.',
    });
  return [{ cluster, namespace, name }];
}

/** Errors: INVALID_INPUT when issuer or subject are empty. */
function callerOf(who: string, { kind, group: groups }: Asked): Caller {
  const at = who.lastIndexOf('#');
  const [issuer, subject] = at < 0 ? ['os', who] : [who.slice(0, at), who.slice(at + 1)];
  if (!issuer || !subject)
    throw new SluiceError('INVALID_INPUT', `${cleanText(who, 80) || 'An empty text'} names nobody.`, {
      next: 'Write <issuer>#<subject>, as in os#ada.',
    });
  const person = { ...osUser(subject), issuer };
  const acting =
    kind === 'agent' ? { identity: { ...person, kind }, onBehalfOf: person } : { identity: { ...person, kind } };
  return { id: who, kind: 'cli', groups, ...acting };
}
