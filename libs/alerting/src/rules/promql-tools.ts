import { createRequire } from 'node:module';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode, Tree } from '@lezer/common';

/** The parts of Prometheus' own editor support that we check expressions with. */
export interface PromqlTools {
  parser: { parse(text: string): Tree };
  EditorState: typeof EditorState;
  TypeChecker: new (state: EditorState) => {
    checkAST(node: SyntaxNode): unknown;
    getDiagnostics(): { severity: string; message: string; from: number }[];
  };
  getType(node: SyntaxNode): 'none' | 'vector' | 'scalar' | 'matrix' | 'string';
}

let loaded: PromqlTools | null = null;

/**
 * Loads them on first use: about 15 MiB that a sidecar, which only reads rule files, must not pay for.
 * `require`, because their ES modules cannot be loaded by Node and the grammar's types claim to be nothing else.
 */
export function promqlTools(): PromqlTools {
  if (loaded === null) {
    const load = createRequire(__filename);
    loaded = {
      parser: (load('@prometheus-io/lezer-promql') as Pick<PromqlTools, 'parser'>).parser,
      EditorState: (load('@codemirror/state') as Pick<PromqlTools, 'EditorState'>).EditorState,
      TypeChecker: (
        load('@prometheus-io/codemirror-promql/dist/cjs/parser/parser.js') as { Parser: PromqlTools['TypeChecker'] }
      ).Parser,
      getType: (load('@prometheus-io/codemirror-promql/dist/cjs/parser/type.js') as Pick<PromqlTools, 'getType'>)
        .getType,
    };
  }
  return loaded;
}
