import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationOptions } from 'class-validator';
import { receivedField } from './reserved-keys';

/** Label and annotation keys as Prometheus 2.x accepts them; also what keeps `__proto__` and `constructor.x` out of our objects. */
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Whether every entry of a label or annotation map is a legal name with a clean string value. */
export function isLabelMap(value: unknown, maxEntries: number, maxLength: number): value is Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxEntries &&
    entries.every(
      ([name, text]) =>
        LABEL_NAME.test(name) &&
        !(name in Object.prototype) &&
        name.length <= 200 &&
        typeof text === 'string' &&
        text.length <= maxLength &&
        text.isWellFormed() &&
        !CONTROL.test(text),
    )
  );
}

/**
 * Checks and keeps a value as it was received, names such as `constructor` included: without them an alert would lose a
 * label, and a selector with one condition less would match more clusters.
 */
function asReceived(check: PropertyDecorator): PropertyDecorator {
  const keep = Transform(({ obj, key }) => receivedField(obj as object, key));
  return (target, property) => {
    check(target, property);
    keep(target, property);
  };
}

/** `{name: text}` with Prometheus label names; at most 64 entries of 4096 characters. */
export function IsLabelMap(options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isLabelMap',
        validator: {
          validate: (value) => isLabelMap(value, 64, 4096),
          defaultMessage: () =>
            'expected an object of label names ([a-zA-Z_][a-zA-Z0-9_]*) to strings, at most 64 entries of 4096 characters, no control characters',
        },
      },
      options,
    ),
  );
}

/** Any JSON object with string values, as received: alert labels may carry names Prometheus would refuse. */
export function IsStringMap(options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isStringMap',
        validator: {
          validate: (value) =>
            value !== null &&
            typeof value === 'object' &&
            !Array.isArray(value) &&
            Object.values(value).every((text) => typeof text === 'string'),
          defaultMessage: () => 'expected an object whose values are strings',
        },
      },
      options,
    ),
  );
}

/** A single line a person typed: no control characters, no lone surrogates, no blanks at the ends. */
export function IsCleanText(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isCleanText',
      validator: {
        validate: (value) =>
          typeof value === 'string' &&
          value.isWellFormed() &&
          value === value.trim() &&
          value.length > 0 &&
          !CONTROL.test(value) &&
          !/[\n\r\t\u0085\u2028\u2029]/.test(value),
        defaultMessage: () => 'expected one line of text without control characters or blanks at the ends',
      },
    },
    options,
  );
}

/** A text of many lines: not blank, no control characters but line ends and tabs. */
export function IsTextBlock(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isTextBlock',
      validator: {
        validate: (value) =>
          typeof value === 'string' && value.isWellFormed() && value.trim() !== '' && !CONTROL.test(value),
        defaultMessage: () => 'expected text without control characters that is not blank',
      },
    },
    options,
  );
}

/**
 * Labels of a rule or its annotations, which may be longer, `{name: text}`: any name that Prometheus 3 knows, which may be more than
 * an older one takes; at most 64 entries of `longest` characters.
 */
export function IsRuleTextMap(longest = 4096, options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isRuleTextMap',
        validator: {
          validate: (value) => isRuleTextMap(value, longest),
          defaultMessage: () =>
            `expected an object of label names to strings, at most 64 entries of ${longest} characters, no control characters`,
        },
      },
      options,
    ),
  );
}

function isRuleTextMap(value: unknown, longest: number): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const isClean = (text: unknown, most: number): boolean =>
    typeof text === 'string' && text.length <= most && text.isWellFormed() && !CONTROL.test(text);
  const entries = Object.entries(value);
  return (
    entries.length <= 64 &&
    entries.every(
      ([name, text]) => name !== '' && !(name in Object.prototype) && isClean(name, 200) && isClean(text, longest),
    )
  );
}

/** Parameters of a rule, `{name: number or text}`; at most 64, text of at most 1000 characters. */
export function IsParameterMap(options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isParameterMap',
        validator: {
          validate: (value) => {
            if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
            const texts = Object.entries(value).map(([name, one]): [string, unknown] => [
              name,
              typeof one === 'number' && Number.isFinite(one) ? String(one) : one,
            ]);
            return isLabelMap(Object.fromEntries(texts), 64, 1000);
          },
          defaultMessage: () =>
            'expected an object of names ([a-zA-Z_][a-zA-Z0-9_]*) to numbers or strings, at most 64 entries of 1000 characters',
        },
      },
      options,
    ),
  );
}

function isTarget(target: unknown): boolean {
  if (typeof target === 'string') return target.trim() === target && target.length > 0 && target.length <= 100;
  if (target === null || typeof target !== 'object' || Object.keys(target).join() !== 'labels') return false;
  const { labels } = target as { labels: object };
  return isLabelMap(labels, 64, 4096) && Object.keys(labels).length > 0;
}

/** One target of a rule: a cluster id or name, or `{labels: {…}}`. */
export function IsRuleTarget(options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isRuleTarget',
        validator: {
          validate: isTarget,
          defaultMessage: () =>
            'expected a cluster id or name, or a selector such as {"labels": {"environment": "production"}}',
        },
      },
      options,
    ),
  );
}

/** A rule's targets: cluster ids or names, or `{labels: {…}}` which selects every cluster carrying all of them. */
export function IsTargetList(options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isTargetList',
        validator: {
          validate: (value) =>
            Array.isArray(value) && value.length > 0 && value.length <= 1000 && value.every(isTarget),
          defaultMessage: () =>
            'expected a non-empty list of cluster ids or names, or selectors such as {"labels": {"environment": "production"}}',
        },
      },
      options,
    ),
  );
}

/** As {@link IsTargetList}, of a rule that may have none: it runs nowhere. */
export function IsTargetListOrNone(options?: ValidationOptions): PropertyDecorator {
  return asReceived(
    ValidateBy(
      {
        name: 'isTargetListOrNone',
        validator: {
          validate: (value) => Array.isArray(value) && value.length <= 1000 && value.every(isTarget),
          defaultMessage: () => 'expected a list of cluster ids or names, or selectors',
        },
      },
      options,
    ),
  );
}

/** A UTC time as people write it, e.g. `2030-01-31T00:00:00Z`, with up to three decimals. */
export const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** A UTC time that exists: the clock of JavaScript would read 30 February as 2 March. */
export function IsUtcTime(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isUtcTime',
      validator: {
        validate: (value) => {
          if (typeof value !== 'string' || !UTC_TIME.test(value)) return false;
          const time = new Date(value);
          return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === value.slice(0, 19);
        },
        defaultMessage: () => 'expected a UTC time that exists, such as 2030-01-31T00:00:00Z',
      },
    },
    options,
  );
}
