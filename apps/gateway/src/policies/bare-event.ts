import type { PipelineEvent } from '@alertagent/alerting';

/** An event without the stored webhook that it came with: all that decisions look at. */
export const bareEvent = ({ alert, at, origin }: PipelineEvent): PipelineEvent => ({ alert, at, origin });
