import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LARGEST_UPLOAD, UPLOADS } from '../rule-imports/rule-upload';

interface Operation {
  operationId?: string;
  requestBody?: { content: Record<string, object> };
  'x-largest-body'?: number;
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

  it('tells that an import of rules may be a file or an archive, and how large', () => {
    const { requestBody, 'x-largest-body': largest } = paths['/api/v1/rules/import']!['post']!;
    expect(Object.keys(requestBody!.content)).toEqual(['application/json', ...UPLOADS]);
    expect(largest).toBe(LARGEST_UPLOAD);
  });

  it('keeps its notes to itself', () => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/"x-(upload-types|query-class)"/);
  });
});
