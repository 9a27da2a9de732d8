/** One thing that is wrong with an Alertmanager configuration, or dangerous in it. */
export interface AlertmanagerConfigProblem {
  /** Short name of the check, for filters and documents. */
  check: string;
  /** With an error Alertmanager refuses the file; a warning loads, and bites later. */
  severity: 'error' | 'warning';
  /** A sentence that a person can act on; never repeats a secret. */
  message: string;
  /** Where it stands in the text, from 1. */
  line: number;
  column: number;
  /** RFC 6901 pointer into the document, "" for the whole. */
  pointer: string;
  /** What to write instead, when that is known. */
  fix?: string;
}
