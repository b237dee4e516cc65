import { Container } from '@mantine/core';
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { ApiProblem } from '../api/problem.ts';
import { meQuery } from '../api/session.ts';
import { FailureNotice } from '../elements/failure-notice.tsx';
import { LiveProvider } from '../live/live-provider.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import { Opening } from './opening.tsx';
import { Shell } from './shell.tsx';

/** The pages behind the sign-in: until it is known who asks, nothing of them is shown. */
export function SignedIn({ onSignedOut }: { onSignedOut: (client: QueryClient) => void }) {
  const { data: me, error, refetch } = useQuery(meQuery);
  if (me) {
    return (
      <LiveProvider onSignedOut={onSignedOut}>
        <LeaveGuard>
          <Shell me={me} />
        </LeaveGuard>
      </LiveProvider>
    );
  }
  // A 401 is on its way to the sign-in page already.
  const isFailure = error && !(error instanceof ApiProblem && error.status === 401);
  return isFailure ? (
    <Container size="xs" pt={120}>
      <FailureNotice error={error} onRetry={() => void refetch()} />
    </Container>
  ) : (
    <Opening />
  );
}
