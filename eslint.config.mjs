import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/coverage/**',
      '.nx/**',
      '.alertagent/**',
      'tools/checks/fixtures/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      // Subjects are declared once, in libs/contracts.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Literal[value=/^alertagent\\.[a-z]+\\.v[0-9]/]',
          message: 'A subject is written in libs/contracts and nowhere else; import the contract.',
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { inheritedMethods: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-empty-function': 'off',
      // Nest modules and the empty request payload are classes without members.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Hostile input is full of control characters, and the checks that refuse them must name them.
      'no-control-regex': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['libs/contracts/src/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.spec.ts', '**/test/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // Made to be copied elsewhere, where there are no contracts to import.
  { files: ['tools/examples/**/*.mjs'], rules: { 'no-restricted-syntax': 'off' } },
  // Command line programs talk to people on the terminal.
  {
    files: ['tools/**/*.{ts,mjs,cjs}', '**/*.{mjs,cjs}'],
    rules: { 'no-console': 'off' },
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
  },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
