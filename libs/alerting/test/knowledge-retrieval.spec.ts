import { KnowledgeIndex } from '../src/knowledge/knowledge-index';
import { DOCUMENTS, QUESTIONS } from './knowledge-fixture';

describe('finding the right one of 200 texts', () => {
  const index = new KnowledgeIndex();
  for (const document of DOCUMENTS) index.set({ ...document, clusters: [], alerts: [] });

  it.each(['en', 'zh'])('answers at least nine of ten questions in the first three places, asked in %s', (language) => {
    const questions = QUESTIONS.filter(({ answer }) => answer.endsWith(language));
    const ranks = questions.map(({ text, answer }) => {
      const place = index.find({ text, limit: 3 }).findIndex(({ id }) => id === answer);
      return { text, answer, place };
    });
    const missed = ranks.filter(({ place }) => place < 0);
    const first = ranks.filter(({ place }) => place === 0).length;
    process.stdout.write(
      `retrieval, ${language}: ${ranks.length - missed.length} of ${ranks.length} in the top 3, ${first} first\n`,
    );
    expect(questions).toHaveLength(30);
    expect(missed.length).toBeLessThanOrEqual(3);
  });
});
