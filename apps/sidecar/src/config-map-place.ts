import { writeAtomically } from './atomic-file';
import { CheckRefused } from './config-check';
import { ExchangeFailed, type ExchangeAnswer } from './http-exchange';
import type { KubernetesApi } from './kubernetes-api';
import type { Place } from './place';
import { recordOf } from './rule-identity';
import type { ConfigMapName } from './transport-settings';
import { jsonOf } from './target';

/** All values of a ConfigMap together, in bytes; the API server refuses more. */
export const CONFIG_MAP_LIMIT = 1024 * 1024;

/** How often a change is tried against others who change the same ConfigMap. */
const ATTEMPTS = 4;

/** A ConfigMap as far as it matters here. */
interface ConfigMap {
  version: string;
  content: string | null;
  otherBytes: number;
  isImmutable: boolean;
}

/**
 * One key of a ConfigMap that the target mounts. A change names the version that was read, so that what somebody else
 * changed meanwhile is never overwritten unseen; other keys are left alone.
 */
export class ConfigMapPlace implements Place {
  private readonly path: string;

  /** `localPath`: where the content is also kept on this side, to be looked at and to be checked. */
  constructor(
    private readonly api: KubernetesApi,
    private readonly configMap: ConfigMapName,
    private readonly key: string,
    private readonly localPath: string,
  ) {
    this.path = `/api/v1/namespaces/${configMap.namespace}/configmaps/${configMap.name}`;
  }

  async read(): Promise<Buffer | null> {
    const { content } = await this.get();
    return content === null ? null : Buffer.from(content);
  }

  async put(bytes: Buffer, check?: (temporaryPath: string) => Promise<void>): Promise<void> {
    // Never cut to fit: half a rule file is often still valid.
    if (bytes.length > CONFIG_MAP_LIMIT)
      throw new CheckRefused(
        `the file has ${bytes.length} bytes; a ConfigMap holds ${CONFIG_MAP_LIMIT}. Send fewer rules to this cluster, or use another transport`,
      );
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw new CheckRefused('the file is not UTF-8 text, which a ConfigMap needs');
    await writeAtomically({ path: this.localPath, bytes, mode: 0o600, beforeRename: check });
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) if (await this.attempt(text, bytes.length)) return;
    throw new Error(`${this.words} is changed by somebody else again and again`);
  }

  /** One change of what is there now. Answers false when it was changed meanwhile, or when that cannot be told. */
  private async attempt(text: string, size: number): Promise<boolean> {
    const found = await this.get();
    if (found.content === text) return true;
    if (found.isImmutable) throw new Error(`${this.words} is immutable; make it anew without that`);
    if (found.otherBytes + size > CONFIG_MAP_LIMIT)
      throw new Error(
        `the file has ${size} bytes and other keys of ${this.words} ${found.otherBytes}, together more than ${CONFIG_MAP_LIMIT}`,
      );
    const patch = { metadata: { resourceVersion: found.version }, data: { [this.key]: text } };
    const answer = await this.api.ask('PATCH', this.path, patch).catch((error: unknown) => {
      // It may have been done before the answer was lost: the next attempt looks.
      if (error instanceof ExchangeFailed && error.kind !== 'unreachable') return null;
      throw error;
    });
    if (answer === null || answer.status === 409) return false;
    if (answer.status === 413 || answer.status === 422)
      throw new CheckRefused(`the API server refuses the content: ${messageOf(answer)}`);
    if (this.parse(answer).content === text) return true;
    throw new Error(`${this.words} holds something else than what was sent; an admission webhook may change it`);
  }

  private async get(): Promise<ConfigMap> {
    return this.parse(await this.api.ask('GET', this.path));
  }

  private parse(answer: ExchangeAnswer): ConfigMap {
    if (answer.status !== 200)
      throw new Error(
        `${this.words}: the API server answered ${answer.status}${ADVICE[answer.status] ?? ''} (${messageOf(answer)})`,
      );
    const object = recordOf(jsonOf(answer));
    const metadata = recordOf(object['metadata']);
    const { name, namespace, resourceVersion } = metadata;
    const isOurs = name === this.configMap.name && namespace === this.configMap.namespace;
    if (object['kind'] !== 'ConfigMap' || !isOurs || typeof resourceVersion !== 'string')
      throw new Error(`${this.words}: the answer is not that ConfigMap; is it the address of an API server?`);
    const { [this.key]: content, ...others } = { ...recordOf(object['binaryData']), ...recordOf(object['data']) };
    return {
      version: resourceVersion,
      content: typeof content === 'string' ? content : null,
      otherBytes: Object.values(others).reduce<number>((sum, each) => sum + Buffer.byteLength(String(each)), 0),
      isImmutable: object['immutable'] === true,
    };
  }

  private get words(): string {
    return `the ConfigMap ${this.configMap.namespace}/${this.configMap.name}`;
  }
}

function messageOf(answer: ExchangeAnswer): string {
  const { message } = recordOf(jsonOf(answer));
  return typeof message === 'string' ? message.slice(0, 200) : 'without a reason';
}

const ADVICE: Readonly<Record<number, string>> = {
  401: ': the token is not known there',
  403: ': the Role must allow get and patch on it by resourceNames',
  404: ': make it first, a Role by name cannot allow to create',
};
