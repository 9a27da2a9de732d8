/** One condition on one label. */
export interface ParsedMatcher {
  name: string;
  operator: '=' | '!=' | '=~' | '!~';
  value: string;
}
