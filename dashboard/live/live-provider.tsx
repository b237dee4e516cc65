import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { openStream, type StreamState } from '../../src/contract/stream-client.ts';
import { readCounts } from '../api/leads.ts';
import { applyChanged, applyLeads, readAgainWhatCameBefore } from './apply.ts';
import { countReader } from './count-reader.ts';

/** Over so many milliseconds the pages spread what they all read again. */
const SPREAD_MS = 1_000;

const Live = createContext<StreamState>('connecting');

/** How the page stands to the stream. */
export const useLiveState = () => use(Live);

/** Holds the page's one connection to the stream, and keeps what the page has read up to date with it. */
export function LiveProvider({
  onSignedOut,
  children,
}: {
  onSignedOut: (client: QueryClient) => void;
  children: ReactNode;
}) {
  const [state, setState] = useState<StreamState>('connecting');
  const client = useQueryClient();

  useEffect(() => {
    const url = new URL('/v1/stream', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const counts = countReader(() => readCounts(client));
    let wasLive = false;
    const stream = openStream({
      url: url.href,
      onLeads: (leads) => counts.told(applyLeads(client, leads)),
      onChanged: (of) => applyChanged(client, of),
      // Every page hears it at the same moment: they do not all ask at once.
      onResync: () => setTimeout(() => client.invalidateQueries(), Math.random() * SPREAD_MS),
      onState: (next) => {
        setState(next);
        if (next === 'refused') onSignedOut(client);
        if (next === 'live' && !wasLive) readAgainWhatCameBefore(client);
        wasLive ||= next === 'live';
      },
    });
    const lookedAt = () => document.visibilityState === 'visible' && stream.reconnect();
    addEventListener('online', stream.reconnect);
    document.addEventListener('visibilitychange', lookedAt);
    return () => {
      removeEventListener('online', stream.reconnect);
      document.removeEventListener('visibilitychange', lookedAt);
      stream.close();
      counts.end();
    };
  }, [client, onSignedOut]);

  return <Live value={state}>{children}</Live>;
}
