import { useCallback, useEffect, useState } from 'react';
import { browser } from 'wxt/browser';
import { ask, FOLLOWING, type Screen } from '../messages.ts';

const NOWHERE: Screen = { tabId: null, origin: null, allowed: false, reading: {} };
const EVERY_MS = 1_000;
const PULSE_MS = 20_000;

/** Whether the panel lies over a call screen; otherwise it is Chrome's side panel, or a tab. */
export const OVER_PAGE = new URLSearchParams(location.search).get('over') === 'page';

/** The call screen as it is now, and how to read it at once; undefined until it is first read. */
export function useScreen(): [Screen | undefined, () => void] {
  const [screen, setScreen] = useState<Screen>();
  const look = useCallback(async () => {
    const windowId = OVER_PAGE ? undefined : (await browser.windows.getCurrent()).id;
    const now = await ask('screen', { windowId }).catch(() => NOWHERE);
    setScreen((before) => (JSON.stringify(before) === JSON.stringify(now) ? before : now));
  }, []);
  useEffect(() => {
    void look();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void look();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  return [screen, look];
}

/** Has the leads followed for as long as the panel is there. */
export function useFollowing(): void {
  useEffect(() => {
    let gone = false;
    let port: ReturnType<typeof browser.runtime.connect> | undefined;
    const open = () => {
      port = browser.runtime.connect({ name: FOLLOWING });
      // The service worker may be ended at any time; the panel is what knows that somebody looks.
      port.onDisconnect.addListener(() => {
        if (!gone) setTimeout(open, 500);
      });
    };
    open();
    const pulse = setInterval(() => port?.postMessage('here'), PULSE_MS);
    const online = () => void ask('retry', {}).catch(() => {});
    window.addEventListener('online', online);
    return () => {
      gone = true;
      clearInterval(pulse);
      window.removeEventListener('online', online);
      port?.disconnect();
    };
  }, []);
}
