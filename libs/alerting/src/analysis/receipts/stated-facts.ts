/** Something a text states that is either in the evidence or made up. */
export interface StatedFact {
  text: string;
  isIn(evidence: unknown): boolean;
}

const QUOTED = /"([^"]{2,200})"|`([^`]{1,200})`|“([^”]{2,200})”|「([^」]{2,200})」/g;
/** Names of machines, versions, times and the like: a run without blanks that has a digit and a letter or a mark inside. */
const NAME =
  /(?<![\w.:/-])(?=[\w.:/-]*\d)[A-Za-z0-9_]+(?:[.:/_-][A-Za-z0-9_]+)+|(?<![\w.:/-])(?=\w*\d)(?=\w*[A-Za-z])\w{2,}/g;
const NUMBER =
  /(?<![\w.])-?\d+(?:[.,]\d+)*(?:\s?(?:%|percent|[kMGT]i?B?\b|ms\b|s\b|seconds?\b|minutes?\b|min\b|hours?\b|h\b|days?\b|d\b|x\b))?/g;
const FACTORS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^(?:%|percent)$/, [1, 0.01]],
  [/^k/i, [1e3, 1024]],
  [/^M/, [1e6, 1024 ** 2]],
  [/^G/, [1e9, 1024 ** 3]],
  [/^T/, [1e12, 1024 ** 4]],
  [/^ms$/, [1, 0.001]],
  [/^s/, [1, 1_000]],
  [/^min/, [1, 60, 60_000]],
  [/^h/, [1, 3_600, 3_600_000]],
  [/^d/, [1, 86_400, 86_400_000]],
];

/**
 * The quotations, names and numbers that a text states. Quotations and names must be in the evidence letter by letter; numbers as precisely as
 * they are written, in any usual unit.
 */
export function statedFacts(text: string): StatedFact[] {
  const facts: StatedFact[] = [];
  let rest = text.replace(QUOTED, (_all, ...groups: unknown[]) => {
    const quotation = groups.slice(0, 4).find((group): group is string => typeof group === 'string')!;
    facts.push(textFact(quotation));
    return ' ';
  });
  rest = rest.replace(NAME, (name) => {
    // "95.5" and "12%" are numbers, "3s" is a duration.
    if (new RegExp(`^(?:${NUMBER.source})$`).test(name)) return name;
    facts.push(textFact(name));
    return ' ';
  });
  for (const [number] of rest.matchAll(NUMBER)) facts.push(numberFact(number));
  return facts;
}

/** Whether one of the texts, names or values in a piece of evidence has this text in it. */
export const isTextIn = (text: string, evidence: unknown): boolean =>
  stringsIn(evidence).some((one) => one.toLowerCase().includes(text.toLowerCase()));

const textFact = (text: string): StatedFact => ({ text, isIn: (evidence) => isTextIn(text, evidence) });

function numberFact(text: string): StatedFact {
  const [, digits = '', unit = ''] = /^(-?[\d.,]+)\s?(.*)$/.exec(text) ?? [];
  // "1,234.5" and "1,234" have commas between thousands.
  const plain = digits.replace(/,(?=\d{3}(?:\D|$))/g, '').replace(/[.,]$/, '');
  const stated = Number(plain);
  const step = 10 ** -(plain.split('.')[1]?.length ?? 0);
  const factors = FACTORS.find(([pattern]) => pattern.test(unit))?.[1] ?? [1];
  return {
    text,
    isIn: (evidence) =>
      (unit !== '' && textFact(text).isIn(evidence)) ||
      numbersOf(evidence).some((number) =>
        factors.some((factor) => Math.abs(number / factor - stated) <= step / 2 + Math.abs(stated) * 1e-9),
      ),
  };
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...stringsIn(item)]);
}

/** Every number in a value, in its texts too but not within a name, and how many items its lists have. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value === 'string')
    return [...value.matchAll(/(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi)].map(([number]) => Number(number));
  if (Array.isArray(value)) {
    const isSample = value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string';
    // When something was measured is no figure that anybody measured.
    return isSample ? numbersOf(value[1]) : [value.length, ...value.flatMap(numbersOf)];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}
