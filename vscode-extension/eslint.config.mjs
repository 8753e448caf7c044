import eslint from 'typescript-eslint';

export default eslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...eslint.configs.strictTypeChecked,
  ...eslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] } },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'max-lines': ['error', { max: 300, skipBlankLines: false }],
      'max-lines-per-function': ['error', { max: 40 }],
    },
  },
  {
    // The core is tested without an editor, so it can know of none.
    files: ['src/core/**'],
    rules: { 'no-restricted-imports': ['error', { paths: ['vscode'], patterns: ['../vscode/*'] }] },
  },
  {
    files: ['tests/**', '**/*.mjs'],
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['**/*.mjs'], ...eslint.configs.disableTypeChecked },
);
