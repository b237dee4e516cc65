import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FailureNotice } from './failure-notice.tsx';
import { RowSkeletons } from './row-skeletons.tsx';

/** Shows what was read; until then that it is being read, or what went wrong with a button that tries again. */
export function Loaded<Data>({
  of: { data, error, refetch },
  rows,
  height = 56,
  children,
}: {
  of: UseQueryResult<Data>;
  /** How many rows stand in for it, and how high they are. */
  rows: number;
  height?: number;
  children: (data: Data) => ReactNode;
}) {
  // What is there stays, with all that was typed into it, where reading it again has failed.
  if (data !== undefined) return children(data);
  if (error) return <FailureNotice error={error} onRetry={() => void refetch()} />;
  return <RowSkeletons rows={rows} height={height} />;
}
