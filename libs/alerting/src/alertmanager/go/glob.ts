/**
 * Why Go's `filepath.Match` refuses a pattern, or null: brackets must close and not be empty, a backslash needs
 * something after it. Go looks at a pattern only as far as files lead it; here all of it must be right.
 */
export function globFault(pattern: string): string | null {
  const fault = 'is no pattern for file names: a [ is not closed, or something is missing after it';
  let at = 0;
  while (at < pattern.length) {
    if (pattern[at] === '\\') {
      if (at + 1 >= pattern.length) return fault;
      at += 2;
    } else if (pattern[at] === '[') {
      const end = endOfClass(pattern, at + 1);
      if (end === null) return fault;
      at = end;
    } else at += 1;
  }
  return null;
}

/** From after its [ to after its ], or null. */
function endOfClass(pattern: string, start: number): number | null {
  let at = pattern[start] === '^' ? start + 1 : start;
  for (let ranges = 0; ; ranges += 1) {
    if (pattern[at] === ']' && ranges > 0) return at + 1;
    const low = endOfCharacter(pattern, at);
    if (low === null) return null;
    at = low;
    if (pattern[at] === '-') {
      const high = endOfCharacter(pattern, at + 1);
      if (high === null) return null;
      at = high;
    }
  }
}

function endOfCharacter(pattern: string, at: number): number | null {
  const character = pattern[at];
  if (character === undefined || character === '-' || character === ']') return null;
  const end = character === '\\' ? at + 2 : at + 1;
  // Something must follow, at least the closing bracket.
  return end < pattern.length ? end : null;
}
