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
  '{{ range . }}{{ end }}',
  '{{ with query "up" }}{{ end }}',
  '{{ $x := 1 }}',
  '{{ $labels.a.b }}',
  '{{ if $value }}',
  '{{ end }}',
  '{{ else }}',
  '{{ 1 | 2 }}',
  '{{ "a""b" }}',
  '{{ "\\d" }}',
  '{{ humanize($value) }}',
  '{{ (humanize $value }}',
  '{{ $labels }} {{\u00a0}}',
  '{{ safeHtml "x" }}',
])('%s is refused', (template) => {
  expect(checkTemplate(template).fault).not.toBeNull();
});

it('tells whether the value is shown', () => {
  expect(checkTemplate('{{ printf "%f" .Value }}').usesValue).toBe(true);
  expect(checkTemplate('{{ $labels.value }} $value').usesValue).toBe(false);
});
