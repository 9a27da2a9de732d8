import {
  approvalHash,
  BUILT_IN_CATALOGUE,
  checkCatalogue,
  type CatalogueEntry,
  type CheckedRequest,
  type ParameterSpec,
} from '@alertagent/alerting';
import { ServiceError } from '@alertagent/contracts';
import {
  AlertAgentConfig,
  ConfigurationError,
  type ActionParameterSettings,
  type CatalogueActionSettings,
} from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** The actions there are: the built-in ones, and those of the configuration, which replace built-in ones of the same id. */
@Injectable()
export class Catalogue {
  readonly entries: ReadonlyMap<string, CatalogueEntry>;
  /** Whether anything may run without a person. */
  readonly isAutonomyOn: boolean;
  private readonly signingKeys: ReadonlyMap<string, string>;

  /** Errors: ConfigurationError, with every problem of the configured entries. */
  constructor({ ai }: AlertAgentConfig) {
    const configured = ai.automation.catalogue.map(entryOf);
    const problems = checkCatalogue(configured);
    if (problems.length > 0) {
      throw new ConfigurationError(
        problems.map(({ pointer, detail }) => ({ key: `ai.automation.catalogue${pointer}`, detail })),
      );
    }
    this.entries = new Map([...BUILT_IN_CATALOGUE, ...configured].map((entry) => [entry.id, entry]));
    this.isAutonomyOn = ai.automation.mode === 'auto';
    this.signingKeys = new Map(
      ai.automation.catalogue.flatMap(({ id, signing_key }) => (signing_key ? [[id, signing_key]] : [])),
    );
  }

  /** Errors: `invalid` for an action that is not in it. */
  get(actionType: string): CatalogueEntry {
    const entry = this.entries.get(actionType);
    if (entry) return entry;
    const detail = 'no such action; GET /api/v1/automation/catalogue lists them';
    throw new ServiceError('invalid', `/action_type: ${detail}`, {
      errors: [{ pointer: '/action_type', code: 'unknown', detail }],
    });
  }

  /** The key that requests of an action are signed with. */
  signingKey(actionType: string): string | undefined {
    return this.signingKeys.get(actionType);
  }

  /** What an approval of this request must carry, as the catalogue is now; null when the action is not in it any more. */
  hashOf(
    actionType: string,
    matter: CheckedRequest & { incident_id: string | null; alert_id: string | null },
  ): string | null {
    const entry = this.entries.get(actionType);
    return entry ? approvalHash({ ...matter, entry }) : null;
  }
}

function entryOf(settings: CatalogueActionSettings): CatalogueEntry {
  return {
    id: settings.id,
    description: settings.description,
    executor: settings.executor,
    address: settings.address ?? null,
    is_signed: settings.signing_key !== undefined,
    parameters: settings.parameters.map(parameterOf),
    needs_service: settings.needs_service,
    targets: { clusters: settings.clusters, namespaces: settings.namespaces },
    post_check: settings.post_check,
    post_check_within_ms: settings.post_check === 'none' ? 0 : settings.post_check_within,
    can_undo: settings.can_undo,
    caps: {
      max_per_hour: settings.max_per_hour,
      max_concurrent: settings.max_concurrent,
      max_targets_per_hour: settings.max_targets_per_hour,
    },
    timeout_ms: settings.timeout,
    allows_autonomy: settings.allows_autonomy,
    is_idempotent: settings.executor === 'alertmanager_silence' || settings.is_idempotent,
  };
}

function parameterOf(settings: ActionParameterSettings): ParameterSpec {
  return {
    name: settings.name,
    type: settings.type,
    description: settings.description,
    required: settings.required,
    min: settings.min ?? null,
    max: settings.max ?? null,
    one_of: settings.one_of ?? null,
    default: settings.default === undefined ? null : defaultOf(settings.type, settings.default),
    from_label: settings.from_label ?? null,
  };
}

/** The configuration writes defaults as text; what is none of its type stays text, and is refused as such. */
function defaultOf(type: ParameterSpec['type'], text: string): string | number | boolean {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  return text;
}
