const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

interface Level {
  /** Null in an array. */
  names: Set<string> | null;
  /** Name or index of what is being read. */
  at: string | number;
  expectsName: boolean;
}

/**
 * Finds a name that stands twice in one object and answers the path to it, or null. `JSON.parse` takes the last value without a
 * word, others take the first: what two readers understand differently is refused. `text` must be valid JSON.
 */
export function findRepeatedKey(text: string): (string | number)[] | null {
  const levels: Level[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const level = levels.at(-1);
    switch (text.charCodeAt(index)) {
      case OPEN_OBJECT:
        levels.push({ names: new Set(), at: '', expectsName: true });
        break;
      case OPEN_ARRAY:
        levels.push({ names: null, at: 0, expectsName: false });
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        levels.pop();
        break;
      case COMMA:
        if (level?.names) level.expectsName = true;
        else if (level) level.at = Number(level.at) + 1;
        break;
      case COLON:
        if (level) level.expectsName = false;
        break;
      case QUOTE: {
        const end = endOfString(text, index);
        if (level?.names && level.expectsName) {
          // Two spellings of one name, such as "a" and "\u0061", are one name.
          const name = JSON.parse(text.slice(index, end + 1)) as string;
          level.at = name;
          if (level.names.has(name)) return levels.map(({ at }) => at);
          level.names.add(name);
        }
        index = end;
        break;
      }
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text.charCodeAt(index) !== QUOTE) index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  return index;
}
