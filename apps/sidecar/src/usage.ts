/** Text of `--help`. */
export const usage = `Keeps the rule file of one Prometheus or vmalert, or the configuration of one Alertmanager, equal to what AlertAgent says.

Usage: alertagent-sidecar [--once] [--help]
  --once   one sync, then exit: 0 when the target has a usable file, 1 otherwise (for init containers)

Environment:
  ALERTAGENT_ENDPOINT   address of AlertAgent, e.g. http://alertagent:8080
  ALERTAGENT_TOKEN      sync token of the cluster (or ALERTAGENT_TOKEN_FILE with the path of a file that holds it)
  CLUSTER_ID            id or name of the cluster
  CONFIG_TYPE           prometheus, vmalert or alertmanager
  CONFIG_PATH           the file that the target reads, or its directory; with configmap the writer's own copy
  RELOAD_URL            the target's reload address, e.g. http://localhost:9090/-/reload; several readers with commas
  TRANSPORT             file (beside the target, default), shared-directory (the target is elsewhere and has the same
                        directory), configmap (the target mounts a ConfigMap)
  CONFIGMAP             <namespace>/<name> of the ConfigMap; its key is the name of the file in CONFIG_PATH
  ARRIVAL_TIMEOUT       how long a file may be on its way to the target, default 1m30s (shared-directory), 3m (configmap)
  KUBECONFIG            how to reach Kubernetes from outside of it; in a pod the service account is used
  SYNC_INTERVAL         time between heartbeats, default 30s
  RELOAD_TIMEOUT        how long a reload, and its proof, may take, default 30s
  MEMBER_NAME           name of this target, default <host name>:<port of RELOAD_URL>
  ALERTAGENT_FIRING_SET  on or off: tell AlertAgent what fires at this Alertmanager, default on
  ALERTAGENT_METRICS_LISTEN  <host>:<port> to serve the sidecar's own /metrics at, default: not served
  ALERTAGENT_CONFIG_PUBLIC_KEY  the signing key to trust, and what follows it (base64 DER); default: the first one seen

Exit codes: 0 stopped, 1 failed, 75 another sidecar keeps the file, 78 the settings cannot be used.
`;
