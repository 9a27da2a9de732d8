import { PlainQueries } from './plain-queries';

const path = '/api/v1/configs?';
const plain = `${path}cluster_id=production&type=prometheus-rules`;

describe('addresses as sidecars spell them', () => {
  it('are read, with and without a wait, the second time as the first', () => {
    const queries = new PlainQueries();
    for (let time = 0; time < 2; time += 1) {
      expect(queries.read(plain)).toEqual({ cluster_id: 'production', type: 'prometheus-rules' });
      expect(queries.read(`${plain}&wait=30000ms`)).toEqual({
        cluster_id: 'production',
        type: 'prometheus-rules',
        wait: '30000ms',
      });
    }
  });

  it.each([
    '/api/v1/configs',
    '/api/v1/configs/reports?cluster_id=a&type=prometheus-rules',
    `${path}cluster_id=a`,
    `${path}type=prometheus-rules`,
    `${path}cluster_id=a&type=other`,
    `${path}cluster_id=&type=prometheus-rules`,
    `${path}cluster_id=a%62&type=prometheus-rules`,
    `${path}cluster_id=a&cluster_id=b&type=prometheus-rules`,
    `${path}cluster_id=a&type=prometheus-rules&more=1`,
    `${path}cluster_id=a&type=prometheus-rules&wait=`,
    `${path}cluster_id=a&type=prometheus-rules&wait=soon`,
    `${path}cluster_id=a&type=prometheus-rules&`,
    `${path}cluster_id=a&type=prometheus-rules#x`,
    `${path}cluster_id=a=b&type=prometheus-rules`,
    `//api/v1/configs?cluster_id=a&type=prometheus-rules`,
  ])('are not %s', (url) => {
    expect(new PlainQueries().read(url)).toBeNull();
  });
});
