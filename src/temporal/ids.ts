/** The queue of workflows and of all activities but sends. */
export const taskQueueOf = (name: string) => name;

/** The queue of sends: it has one partition, so that a channel's rate holds over all workers. */
export const sendQueueOf = (name: string) => `${name}-sends`;

/** A lead's workflow has the lead's id. */
export const workflowIdOf = (leadId: string) => leadId;

/** Where the Temporal UI shows a workflow. */
export const workflowPage = (uiUrl: string, namespace: string, leadId: string) =>
  `${uiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${workflowIdOf(leadId)}`;
