// Imported by workflow code: this file imports nothing.

/** What ops can search leads by in the Temporal UI, all of them keywords. Ids and codes alone. */
export const SEARCH_ATTRIBUTES = {
  tenant: 'LeadTenant',
  stage: 'LeadStage',
  outcome: 'LeadOutcome',
  consultant: 'LeadConsultant',
  origin: 'LeadOrigin',
} as const;

/** Stands for a consultant who is not on record: the search needs some value. */
export const NO_CONSULTANT = 'none';
