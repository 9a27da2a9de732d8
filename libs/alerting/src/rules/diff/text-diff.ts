import { diffWordsWithSpace } from 'diff';

/** A piece of text that stayed, came or went. */
export interface TextPart {
  op: 'same' | 'added' | 'removed';
  text: string;
}

/** Beyond this many words that differ, the texts are shown one after the other. */
const MOST_EDITS = 1000;

export const textPart = (op: TextPart['op'], text: string): TextPart => ({ op, text });

/** How a text became another, word by word. */
export function diffTexts(before: string, after: string): TextPart[] {
  const parts = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS });
  if (!parts) return [textPart('removed', before), textPart('added', after)];
  return parts.map(({ added, removed, value }) => textPart(added ? 'added' : removed ? 'removed' : 'same', value));
}
