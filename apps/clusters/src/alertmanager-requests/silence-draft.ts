import { compileMatchers } from '@alertagent/alerting';
import { ServiceError, type FieldProblem, type SilenceInput } from '@alertagent/contracts';
import type { PostedSilence } from './alertmanager-api';
import type { HeldMatcher, HeldSilence } from './alertmanager-answers';
import { ANY_MARKER } from './silence-marker';

/** A silence that somebody asked for and that Alertmanager will take. */
export interface SilenceDraft {
  matchers: HeldMatcher[];
  /** Null: now, or as it was. */
  startsAt: Date | null;
  endsAt: Date;
  comment: string;
}

/** Errors: `invalid`, with pointers. */
export function silenceDraft({ matchers, starts_at, ends_at, comment }: SilenceInput, now: Date): SilenceDraft {
  const draft: SilenceDraft = {
    matchers: matchers.map(({ name, value, is_regex, is_equal }) => ({
      name,
      value,
      is_regex: is_regex ?? false,
      is_equal: is_equal ?? true,
    })),
    startsAt: starts_at ? new Date(starts_at) : null,
    endsAt: new Date(ends_at),
    comment: comment.trim(),
  };
  const problems = [...timeProblems(draft, now), ...matcherProblems(draft.matchers), ...commentProblems(draft.comment)];
  const [first] = problems;
  if (first) throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), { errors: problems });
  return draft;
}

/** Whether a silence is what was asked for. Alertmanager moves a start that has passed to now, so only a later one counts. */
export function isAsDrafted(silence: HeldSilence & { comment: string }, draft: SilenceDraft): boolean {
  const start = draft.startsAt?.getTime() ?? null;
  const isStart = start === null || silence.state !== 'pending' || Date.parse(silence.startsAt) === start;
  return (
    isStart &&
    Date.parse(silence.endsAt) === draft.endsAt.getTime() &&
    silence.comment === draft.comment &&
    textOf(silence.matchers) === textOf(draft.matchers)
  );
}

/** What is sent for a draft. */
export function posted(
  draft: SilenceDraft,
  { startsAt, createdBy, comment, id }: Pick<PostedSilence, 'startsAt' | 'createdBy' | 'comment' | 'id'>,
): PostedSilence {
  return {
    ...(id === undefined ? {} : { id }),
    matchers: draft.matchers.map(({ name, value, is_regex, is_equal }) => ({
      name,
      value,
      isRegex: is_regex,
      isEqual: is_equal,
    })),
    startsAt,
    endsAt: draft.endsAt.toISOString(),
    createdBy,
    comment,
  };
}

function timeProblems({ startsAt, endsAt }: SilenceDraft, now: Date): FieldProblem[] {
  const pointer = '/ends_at';
  if (endsAt <= now) return [{ pointer, code: 'in_the_past', detail: 'expected a time that is still to come' }];
  if (startsAt && endsAt <= startsAt)
    return [{ pointer, code: 'before_start', detail: 'expected a time after the start' }];
  return [];
}

function matcherProblems(matchers: readonly HeldMatcher[]): FieldProblem[] {
  const problems = matchers.flatMap((matcher, index): FieldProblem[] => {
    try {
      compileMatchers([notation(matcher)]);
      return [];
    } catch (error) {
      const detail = error instanceof Error ? error.message.slice(0, 200) : 'expected a matcher';
      return [{ pointer: `/matchers/${index}`, code: 'bad_matcher', detail }];
    }
  });
  if (problems.length > 0 || !compileMatchers(matchers.map(notation))({})) return problems;
  // Alertmanager refuses it too: it would hide alerts that nobody thought of.
  return [{ pointer: '/matchers', code: 'matches_everything', detail: 'expected a matcher that an empty value fails' }];
}

function commentProblems(comment: string): FieldProblem[] {
  if (comment === '') return [{ pointer: '/comment', code: 'empty', detail: 'expected the reason' }];
  if (!ANY_MARKER.test(comment)) return [];
  return [{ pointer: '/comment', code: 'reserved', detail: 'the marker of AlertAgent must not be written by hand' }];
}

function notation({ name, value, is_regex, is_equal }: HeldMatcher): string {
  const operator = is_regex ? (is_equal ? '=~' : '!~') : is_equal ? '=' : '!=';
  const isClassic = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
  return `${isClassic ? name : JSON.stringify(name)}${operator}${JSON.stringify(value)}`;
}

const textOf = (matchers: readonly HeldMatcher[]): string =>
  JSON.stringify(
    matchers.map(({ name, value, is_regex, is_equal }) => [name, value, is_regex, is_equal].join('\n')).sort(),
  );
