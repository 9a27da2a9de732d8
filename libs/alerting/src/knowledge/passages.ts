/** A piece of a document that is found and cited as a whole. */
export interface Passage {
  /** The headings above it, from the outermost. */
  heading: string;
  text: string;
}

/** Characters of a passage: what fits on a screen, and into a prompt beside others. */
const MAX_PASSAGE = 1_200;
/** A document with more of them is cut: no runbook is that long. */
const MAX_PASSAGES = 200;

/** Takes a markdown text apart at its headings, and long parts at paragraphs. */
export function passagesOf(markdown: string): Passage[] {
  const passages: Passage[] = [];
  const headings: string[] = [];
  let lines: string[] = [];
  let isCode = false;
  const flush = (): void => {
    for (const text of piecesOf(lines.join('\n').trim()))
      passages.push({ heading: headings.filter(Boolean).join(' › '), text });
    lines = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    const heading = isCode ? null : /^(#{1,6})\s+(.+?)\s*#*$/.exec(line);
    if (!heading) {
      lines.push(line);
      continue;
    }
    flush();
    headings.length = Math.min(headings.length, heading[1]!.length - 1);
    headings[heading[1]!.length - 1] = heading[2]!;
  }
  flush();
  return passages.slice(0, MAX_PASSAGES);
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const paragraph of text.split(/\n\s*\n/).flatMap(slices)) {
    if (piece !== '' && piece.length + paragraph.length + 2 > MAX_PASSAGE) {
      pieces.push(piece);
      piece = '';
    }
    piece = piece === '' ? paragraph : `${piece}\n\n${paragraph}`;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

/** A paragraph without an end is cut where a passage would be too long, never within a character. */
function slices(paragraph: string): string[] {
  const characters = [...paragraph];
  if (characters.length <= MAX_PASSAGE) return paragraph === '' ? [] : [paragraph];
  return Array.from({ length: Math.ceil(characters.length / MAX_PASSAGE) }, (_, index) =>
    characters.slice(index * MAX_PASSAGE, (index + 1) * MAX_PASSAGE).join(''),
  );
}
