export { happened, lead } from './lead.ts';
export { sweep } from './sweep.ts';
