/** The longest text that is taken apart into pairs. */
const LONGEST_TEXT = 16 * 1024;

/**
 * Names and values out of the shapes in which senders write tags: an object, a list of two-element lists, a list of `{key or name,
 * value}`, a list of texts or one text of `name:value` (or `name=value`) parts between commas. What is neither text, number nor
 * boolean is left out, and so are parts of a text without a value.
 */
export function pairsOf(value: unknown): [name: string, value: string][] {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? [] : value.split(',').flatMap(pairOfText);
  if (Array.isArray(value)) return value.flatMap(pairOfItem);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => pair(name, inner));
}

function pairOfItem(item: unknown): [string, string][] {
  if (typeof item === 'string') return pairOfText(item);
  if (Array.isArray(item)) return item.length === 2 ? pair(item[0], item[1]) : [];
  if (typeof item !== 'object' || item === null) return [];
  const { key, name, value } = item as Record<string, unknown>;
  return pair(key ?? name, value);
}

function pairOfText(text: string): [string, string][] {
  const end = text.search(/[:=]/);
  return end <= 0 ? [] : pair(text.slice(0, end).trim(), text.slice(end + 1).trim());
}

function pair(name: unknown, value: unknown): [string, string][] {
  if (typeof name !== 'string' || name === '' || value === '') return [];
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? [[name, String(value)]] : [];
}
