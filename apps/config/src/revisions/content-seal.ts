import { AlertAgentConfig, openSecretBox, type SecretBox } from '@alertagent/service-kit';
import { Injectable, type OnModuleInit } from '@nestjs/common';
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
    if (revision.type !== 'alertmanager-config' || revision.content === '') return revision;
    return { ...revision, content: MARK + this.opened().seal(Buffer.from(revision.content, 'utf8'), revision.id) };
  }

  /** The revision as it was made; older ones were stored readable. Errors: SealBrokenError when the secret was changed or lost. */
  open(revision: Revision): Revision {
    if (!revision.content.startsWith(MARK)) return revision;
    const content = this.opened().open(revision.content.slice(MARK.length), revision.id).toString('utf8');
    return { ...revision, content };
  }

  private opened(): SecretBox {
    if (!this.box) throw new Error('the key of the revisions has not been loaded');
    return this.box;
  }
}
