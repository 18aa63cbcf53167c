import { allRules } from '../../src/domain/diagnosis/rules/index.ts';
import { code, heading, table } from './markdown.ts';

/** Every cause that a diagnosis can name. */
export function causesPage(): string {
  const families = Map.groupBy(allRules(), ({ family }) => family.name);
  const chapters = [...families].map(
    ([name, rules]) =>
      `\n## ${name}\n\n${table(
        ['Cause', 'What it means', 'What proves it', 'What to do'],
        rules.map(({ rule }) => [
          code(rule.name),
          rule.consequence === true ? `${rule.means} (a consequence)` : rule.means,
          rule.reads,
          rule.next,
        ]),
      )}`,
  );
  return (
    heading(
      'Causes that a diagnosis names',
      'src/domain/diagnosis/rules',
      'A consequence is named as a cause only if nothing that its object needs has a cause.',
    ) + chapters.join('')
  );
}
