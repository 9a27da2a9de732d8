import { verify } from 'node:crypto';
import { recordOf, listOf } from './rule-identity';
import { publicKeyFrom } from './settings';

/** That one signing key follows another, signed by the other. Keys are base64 of their DER SPKI form. */
export interface KeyStatement {
  previous: string;
  key: string;
  /** Base64. */
  signature: string;
}

/** The bytes that a key signs to say that another one follows it. */
export function keyStatementText(previous: string, next: string): Buffer {
  return Buffer.from(['alertagent-key-v1', previous, next].join('\n'), 'utf8');
}

/** Reads the answer of the config service, whose shape is not trusted: what is no statement is left out. */
export function readStatements(content: unknown): KeyStatement[] {
  return listOf(recordOf(content)['statements']).filter(isStatement);
}

/** Whether the value has the shape of a statement. */
export function isStatement(value: unknown): value is KeyStatement {
  const fields = recordOf(value);
  return ['previous', 'key', 'signature'].every((name) => typeof fields[name] === 'string');
}

/**
 * The steps from the trusted key to the newest one, each of them signed by the key before it. Statements that do not continue from
 * what is trusted lead nowhere, and none leads back to a retired key. Nor is one taken where a key names two successors: one
 * of them is not AlertAgent's.
 */
export function followChain(
  trusted: string,
  retired: readonly string[],
  statements: readonly KeyStatement[],
): KeyStatement[] {
  const steps: KeyStatement[] = [];
  const left = new Set([...retired, trusted]);
  for (let current = trusted; ;) {
    const next = statements.filter((statement) => statement.previous === current && holds(statement));
    const [step] = next;
    if (step === undefined || next.some(({ key }) => key !== step.key) || left.has(step.key)) return steps;
    left.add(step.key);
    steps.push(step);
    current = step.key;
  }
}

function holds({ previous, key, signature }: KeyStatement): boolean {
  const signer = publicKeyFrom(previous);
  if (signer === null || publicKeyFrom(key) === null) return false;
  return verify(null, keyStatementText(previous, key), signer, Buffer.from(signature, 'base64'));
}
