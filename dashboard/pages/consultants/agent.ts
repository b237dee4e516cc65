import type { ChatwootDirectory } from '../../../src/contract/connection.ts';
import type { Consultant } from '../../../src/contract/listings.ts';

export type Agent = ChatwootDirectory['agents'][number];

/** The agent a consultant's conversations go to: the one chosen, else the one with the same e-mail. */
export function agentOf(consultant: Consultant, agents: readonly Agent[]): Agent | undefined {
  const { chatwoot_agent_id: chosen, email } = consultant;
  if (chosen !== null) return agents.find(({ id }) => id === chosen);
  return agents.find((agent) => email !== null && agent.email.toLowerCase() === email.toLowerCase());
}
