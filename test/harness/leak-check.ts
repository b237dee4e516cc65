import { closeAll } from './open-resources.ts';
import { atSuiteEnd } from './suite-end.ts';

// A connection, a process or a worker that outlives its suite disturbs the next one, and in the product it would
// be a leak: the suite fails.
atSuiteEnd(closeAll);
