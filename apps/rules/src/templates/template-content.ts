import { checkRuleTemplate, type TemplateDocument } from '@alertagent/alerting';
import { ServiceError, type FieldProblem, type RuleTemplateInput, type RuleTemplateView } from '@alertagent/contracts';
import type { StoredTemplate } from './stored-template';

/** Names of templates that packs bring begin so; nobody else's do. */
export const PACK_PREFIX = 'packs/';

export const documentOf = ({ parameters, groups }: RuleTemplateInput | RuleTemplateView): TemplateDocument =>
  ({ parameters, groups }) as TemplateDocument;

/** The document of an input. Errors: `invalid`, naming every reason why it could not be used. */
export function templateDocument(input: RuleTemplateInput): TemplateDocument {
  // As data: the classes of the wire would be written with what they add.
  const document = JSON.parse(JSON.stringify(documentOf(input))) as TemplateDocument;
  refuse(checkRuleTemplate(document));
  return document;
}

/** Errors: `invalid` with these problems, if there are any. */
export function refuse(problems: readonly FieldProblem[]): void {
  const [first] = problems;
  if (!first) return;
  const summary = `${first.pointer}: ${first.detail}`.slice(0, 200);
  throw new ServiceError('invalid', summary, { errors: problems.slice(0, 100) });
}

export function versionMismatch(what: string, version: number, expected: number): ServiceError {
  const detail = `the ${what} is at version ${version}, not ${expected}`;
  return new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
}

export function badCursor(): ServiceError {
  return new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });
}

/** A template as the API shows it. */
export function templateView(template: StoredTemplate): RuleTemplateView {
  return {
    id: template.id,
    name: template.name,
    title: template.title,
    description: template.description,
    parameters: template.document.parameters,
    groups: template.document.groups,
    pack: template.pack,
    pack_version: template.packVersion,
    version: template.version,
    created_at: template.createdAt.toISOString(),
    updated_at: template.updatedAt.toISOString(),
  };
}
