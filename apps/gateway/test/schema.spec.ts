import { AlertStand, DATABASES } from './alert-stand';

it.each(DATABASES)(
  'after the migrations the tables on %s are what the entities say',
  async (kind) => {
    const stand = await AlertStand.start(kind);
    try {
      const { upQueries } = await stand.database.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await stand.stop();
    }
  },
  120_000,
);
