import { compileMatchers } from '../../policy/matchers';
import type { ConfigurationDocument } from '../configuration-document';

/** For which clusters a layer is. */
export type LayerScope =
  | { kind: 'organisation' }
  /** Clusters whose labels satisfy all matchers; of several layers the higher rank wins. */
  | { kind: 'selector'; matchers: string[]; rank: number }
  | { kind: 'cluster'; cluster_id: string };

/** A layer as it is kept. */
export interface ScopedLayer {
  name: string;
  scope: LayerScope;
  document: ConfigurationDocument;
}

const ORDER = { organisation: 0, selector: 1, cluster: 2 } as const;

/** The layers that apply to a cluster, the closest last: organisation, selectors by rank and name, then its own. */
export function selectLayers<Layer extends ScopedLayer>(
  layers: readonly Layer[],
  cluster: { id: string; labels: Readonly<Record<string, string>> },
): Layer[] {
  const applies = ({ scope }: ScopedLayer): boolean => {
    if (scope.kind === 'organisation') return true;
    if (scope.kind === 'cluster') return scope.cluster_id === cluster.id;
    return compileMatchers(scope.matchers)(cluster.labels);
  };
  const rankOf = ({ scope }: ScopedLayer): number => (scope.kind === 'selector' ? scope.rank : 0);
  return layers
    .filter(applies)
    .sort((a, b) => ORDER[a.scope.kind] - ORDER[b.scope.kind] || rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1));
}
