export { readPromtestFile, type PromtestFile } from './promtest-file';
export { promtoolWords } from './promtool-words';
export { renderTestedRules, type TestedRule } from './tested-rules';
