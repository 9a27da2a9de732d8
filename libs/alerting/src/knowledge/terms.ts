const RUNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{L}\p{N}_]+/gu;
const CJK = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const LONGEST = 64;

/** Words that say nothing about what a text is about. */
const EMPTY_WORDS = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have how i if in into is it its me my no not of on or our ' +
    'should so than that the their them then there these they this to too us was we were what when where which while who why will with would you your'
  ).split(' '),
);
const EMPTY_PAIRS = new Set('怎么 什么 如何 一下 我们 为什 这个 那个 么办 怎样 可以 应该 是否 需要'.split(' '));

/**
 * The terms of a text that it is found by. Words of alphabets in lower case and without their ending; names such as `node_load1` or
 * `KafkaLag` as a whole and in parts. Chinese, Japanese and Korean have no blanks between words: every two neighbouring characters.
 */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [run] of text.normalize('NFKC').matchAll(RUNS)) {
    if (CJK.test(run)) terms.push(...pairsOf(run));
    else terms.push(...wordsOf(run));
  }
  return terms;
}

function pairsOf(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).flatMap((second, index) => {
    const pair = characters[index]! + second;
    return EMPTY_PAIRS.has(pair) ? [] : [pair];
  });
}

function wordsOf(run: string): string[] {
  const parts = run.split(/_|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean);
  const all = parts.length > 1 ? [run, ...parts] : [run];
  return all
    .map((word) => word.toLowerCase().slice(0, LONGEST))
    .filter((word) => !EMPTY_WORDS.has(word))
    .map(withoutEnding);
}

/** Enough for "restarting", "restarted" and "restarts" to meet; a word is never cut below four letters. */
function withoutEnding(word: string): string {
  if (!/^[a-z]+$/.test(word)) return word;
  const cut = word.replace(/(?:ies)$/, 'y').replace(/(?:ing|ed|es|s|ly|e)$/, '');
  return cut.length >= 4 ? cut : word;
}
