/** Alerts of one minute, by what became of them. */
export interface Volume {
  /** Beginning of the minute, epoch milliseconds. */
  bucket: number;
  cluster: string;
  disposition: string;
  severity: string;
  alerts: number;
}

/** InfluxDB line protocol, one point per volume, in seconds: `alertagent_alerts,cluster=…,disposition=…,severity=… count=5i 1700000000`. */
export function toLineProtocol(volumes: readonly Volume[]): string {
  return volumes
    .map(
      ({ bucket, cluster, disposition, severity, alerts }) =>
        `alertagent_alerts,cluster=${escapeTag(cluster)},disposition=${escapeTag(disposition)},severity=${escapeTag(severity)} count=${alerts}i ${Math.floor(bucket / 1000)}\n`,
    )
    .join('');
}

/** Commas, spaces and equal signs separate; a tag can hold no line end and must not be empty. */
function escapeTag(text: string): string {
  const plain = text.replace(/[\r\n\t\\]+/g, '_').replace(/[,= ]/g, (character) => `\\${character}`);
  return plain === '' ? 'none' : plain;
}
