import { all, integer, list, struct, text } from './fields';
import { httpConfig, tlsConfig } from './http';
import { requireOne } from './receivers-chat';
import { interval, secretUrl } from './values';

const kafkaOutput = struct(
  {
    ...all(text, 'topic client_id format acks compression'),
    brokers: { type: list(text) },
    buffer_size: { type: integer },
    tls_config: { type: tlsConfig },
  },
  (values, report) => {
    if (values.list('brokers').length === 0) report('required', 'needs brokers');
    requireOne(values, report, 'topic');
    const words: Record<string, RegExp> = {
      format: /^(?:|json|protobuf)$/,
      acks: /^(?:|none|leader|all)$/,
      compression: /^(?:|none|gzip|snappy|lz4|zstd)$/,
    };
    for (const [name, known] of Object.entries(words)) {
      if (!known.test(values.text(name))) report('value', `${name} is none that is known`, name);
    }
    if (values.number('buffer_size') < 0) report('value', 'buffer_size must not be negative', 'buffer_size');
  },
);

const webhookOutput = struct(
  {
    url: { type: secretUrl },
    http_config: { type: httpConfig },
    ...all(interval, 'timeout retry_backoff'),
    ...all(integer, 'workers max_retries'),
  },
  (values, report) => {
    requireOne(values, report, 'url');
    for (const name of ['workers', 'max_retries']) {
      if (values.number(name) < 0) report('value', `${name} must not be negative`, name);
    }
  },
);

/** Where Alertmanager writes down what it does. */
export const eventRecorder = struct({
  file_outputs: {
    type: list(
      struct(all(text, 'path'), (values, report) => requireOne(values, report, 'path')),
      { refusesNull: true },
    ),
  },
  kafka_outputs: { type: list(kafkaOutput, { refusesNull: true }) },
  webhook_outputs: { type: list(webhookOutput, { refusesNull: true }) },
});
