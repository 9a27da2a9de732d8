import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Operation {
  operationId?: string;
  parameters?: { name: string; in: string; required?: boolean }[];
}

describe('the description of the API', () => {
  const file = join(__dirname, '../../openapi.json');
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );

  it('declares each parameter of each path, as clients made from it need', () => {
    const wrong = operations.filter(({ path, parameters = [] }) => {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      const declared = parameters.filter((one) => one.in === 'path' && one.required).map(({ name }) => name);
      return inPath.sort().join() !== declared.sort().join();
    });
    expect(wrong.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(operations.length).toBeGreaterThan(200);
  });
});
