import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

/** Bundles the workflows for production: `npm run build:workflows [FILE]`, by default dist/workflows.js. */
const target = process.argv[2] ?? 'dist/workflows.js';
const { code } = await bundleWorkflowCode({
  workflowsPath: join(import.meta.dirname, '../../workflows/index.ts'),
});
await mkdir(dirname(target), { recursive: true });
await writeFile(target, code);
console.log(`${target}: ${Math.round(code.length / 1024)} KiB`);
