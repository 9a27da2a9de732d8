import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LARGEST_UPLOAD, UPLOADS } from '../rule-imports/rule-upload';

interface Operation {
  operationId?: string;
  requestBody?: { content: Record<string, object> };
  'x-largest-body'?: number;
  'x-required-role'?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: { pattern?: string } }[];
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

  it('tells the role that each operation is open to', () => {
    expect(paths['/api/v1/rules/validate']!['post']!['x-required-role']).toBe('viewer');
    expect(paths['/api/v1/rules']!['post']!['x-required-role']).toBe('operator');
    expect(paths['/api/v1/tokens']!['post']!['x-required-role']).toBe('admin');
    expect(operations.filter((one) => one['x-required-role'] === undefined).length).toBeLessThan(15);
  });

  it('tells what a name in a path may be where the sender chooses it', () => {
    const [name] = paths['/api/v1/alertmanager/secrets/{name}']!['put']!.parameters!;
    expect(name!.schema!.pattern).toContain('498');
  });

  it('keeps its notes to itself', () => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/"x-(upload-types|query-class|path-class)"/);
  });
});
