import { useQuery } from '@tanstack/react-query';
import type { LeadLine } from '../../src/contract/lead.ts';
import { settingsQuery } from '../api/settings.ts';

/** Tells whether a lead will be reworked when it wakes, by its status; true while that is not known yet. */
export function useQualified(): (lead: Pick<LeadLine, 'status_indicacao'>) => boolean {
  const { data } = useQuery(settingsQuery);
  return ({ status_indicacao }) =>
    data?.referralStatuses.find(({ value }) => value === status_indicacao)?.qualified ?? data === undefined;
}
