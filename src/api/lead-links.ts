import { workflowPage } from '../temporal/ids.ts';

/** Where the rest of a lead is to be found. */
export type LeadLinks = { lead: string; workflow: string };

/** Makes the links of a lead, by its id. */
export function leadLinks({ uiUrl, namespace }: { uiUrl: string; namespace: string }) {
  return (leadId: string): LeadLinks => ({
    lead: `/v1/leads/${leadId}`,
    workflow: workflowPage(uiUrl, namespace, leadId),
  });
}
