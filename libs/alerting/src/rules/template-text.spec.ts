import { checkTemplate } from './template-text';

it.each([
  'plain text, even with }} and { {',
  '{{ $labels.instance }} is at {{ $value | humanize }}%',
  '{{- $value | printf "%.2f" -}}',
  '{{ if eq $labels.env "prod" }}now{{ else if $value }}soon{{ else }}later{{ end }}',
  '{{ reReplaceAll "(\\\\d+)" `$1` $labels.pod }}',
  '{{ printf "%s }}" (index $labels "a b" | toUpper) }}',
  '{{ $externalLabels.cluster }}{{ .Labels.job }}{{ externalURL }}',
])('%s is allowed', (template) => {
  expect(checkTemplate(template).fault).toBeNull();
});

it.each([
  '{{ $value',
  '{{ }}',
  '{{ query "up" | first | value }}',
  '{{ define "x" }}{{ end }}',
  '{{ template "x" }}',
  '{{ range . }}',
  '{{ with query "up" }}{{ end }}',
  '{{ $x }}',
  '{{ if $value }}',
  '{{ end }}',
  '{{ else }}',
  '{{ 1 | 2 }}',
  '{{ "a""b" }}',
  '{{ "\\d" }}',
  '{{ humanize($value) }}',
  '{{ (humanize $value }}',
  '{{ $labels }} {{\u00a0}}',
  '{{ block "x" . }}{{ end }}',
])('%s is refused', (template) => {
  expect(checkTemplate(template).fault).not.toBeNull();
});

it('tells whether the value is shown', () => {
  expect(checkTemplate('{{ printf "%f" .Value }}').usesValue).toBe(true);
  expect(checkTemplate('{{ $labels.value }} $value').usesValue).toBe(false);
});

it('who may read series may also write templates that do', () => {
  expect(checkTemplate('{{ query "up" | first | value }}').fault).toContain('"query"');
  expect(checkTemplate('{{ query "up" | first | value }}', { mayReadSeries: true }).fault).toBeNull();
  expect(checkTemplate('{{ query "up" ', { mayReadSeries: true }).fault).toContain('not closed');
});
