import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { readCounts } from '../api/leads.ts';
import { applyMessage } from './apply-message.ts';
import { countReader } from './count-reader.ts';
import { followStream, type LiveState } from './stream.ts';

const Live = createContext<LiveState>('connecting');

/** How the page stands to the stream. */
export const useLiveState = () => use(Live);

/** Holds the page's one connection to the stream, and keeps what the page has read up to date with it. */
export function LiveProvider({ onSignedOut, children }: { onSignedOut: () => void; children: ReactNode }) {
  const [state, setState] = useState<LiveState>('connecting');
  const queryClient = useQueryClient();

  useEffect(() => {
    const url = new URL('/v1/stream', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const counts = countReader(() => readCounts(queryClient));
    const stop = followStream(url.href, {
      message: (message) => applyMessage(queryClient, message, counts.told),
      state: (next) => (next === 'signed_out' ? onSignedOut() : setState(next)),
    });
    return () => {
      stop();
      counts.end();
    };
  }, [queryClient, onSignedOut]);

  return <Live value={state}>{children}</Live>;
}
