import type { DataDir } from './data-dir.ts';
import type { ProcessTree } from './process-tree.ts';
import { localUrl } from './product.ts';
import type { Settings } from './settings.ts';
import type { Progress } from './setup/progress.mjs';

/** What the steps of a start share. */
export type Start = {
  settings: Settings;
  dataDir: DataDir;
  tree: ProcessTree;
  progress: Progress;
};

/** Where this machine reaches the API. */
export const apiUrl = ({ host, ports }: Settings) => localUrl(host, ports.api);
