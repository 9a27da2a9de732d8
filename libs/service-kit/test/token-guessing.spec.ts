import { bearer, expectProblem, ThingsStand } from './things-stand';
import { send } from './raw-http';

const stand = new ThingsStand();
beforeAll(() => stand.start());
afterAll(() => stand.close());

describe('somebody who guesses tokens', () => {
  it('is sent away with 429 by what people use, while known tokens and machines go on', async () => {
    expect((await stand.get('/things/viewer', 'viewer')).status).toBe(200);
    for (let index = 0; index < 30; index++) expectProblem(await stand.get('/things/viewer', `guess${index}`), 401);

    const refused = await stand.get('/things/viewer', 'guess30');
    expectProblem(refused, 429);
    expect(refused.headers['retry-after']).toBe('60');
    // A good token nobody has shown before may be the thirty-first guess.
    expectProblem(await stand.get('/things/admin', 'admin'), 429);

    expect((await stand.get('/things/viewer', 'viewer')).status).toBe(200);
    expect((await stand.get('/things/webhook', 'webhook')).status).toBe(200);
    expectProblem(await stand.get('/things/webhook', 'guess31'), 401);
    expectProblem(await stand.get('/things/viewer'), 401);
    expect((await send(`${stand.url}/things/open`, { headers: bearer('guess32') })).status).toBe(200);
  });
});
