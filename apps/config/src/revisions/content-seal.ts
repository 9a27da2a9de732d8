import { AlertAgentConfig, openSecretBox, type SecretBox } from '@alertagent/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ConfigType } from '@alertagent/contracts';
import type { Revision } from './revision';

/** Before sealed content; no file that we write begins like it. */
const MARK = 'sealed:';

/** Keeps Alertmanager configurations encrypted in the database, because secrets stand in them. Rules stay readable. */
@Injectable()
export class ContentSeal implements OnModuleInit {
  private box: SecretBox | null = null;

  constructor(private readonly config: AlertAgentConfig) {}

  async onModuleInit(): Promise<void> {
    this.box = await openSecretBox(this.config, 'config revisions');
  }

  /** The revision as it is stored. */
  sealed(revision: Revision): Revision {
    return { ...revision, content: this.seal(revision.type, revision.id, revision.content) };
  }

  /** A file as it is stored; `id` is whose it is, and is needed to open it. */
  seal(type: ConfigType, id: string, content: string): string {
    if (type !== 'alertmanager-config' || content === '') return content;
    return MARK + this.opened().seal(Buffer.from(content, 'utf8'), id);
  }

  /** The revision as it was made; older ones were stored readable. Errors: SealBrokenError when the secret was changed or lost. */
  open(revision: Revision): Revision {
    return { ...revision, content: this.unseal(revision.id, revision.content) };
  }

  /** The file that was sealed for `id`. Errors: SealBrokenError when the secret was changed or lost. */
  unseal(id: string, content: string): string {
    if (!content.startsWith(MARK)) return content;
    return this.opened().open(content.slice(MARK.length), id).toString('utf8');
  }

  private opened(): SecretBox {
    if (!this.box) throw new Error('the key of the revisions has not been loaded');
    return this.box;
  }
}
