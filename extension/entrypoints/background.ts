import { browser } from 'wxt/browser';
import { defineBackground } from 'wxt/utils/define-background';
import { followWhileWatched } from '../background/following.ts';
import { keepSending } from '../background/outbox.ts';
import { answerRequests } from '../background/requests.ts';
import { order } from '../background/screens.ts';
import { showOnSites } from '../background/sites.ts';

// The only part that talks to the server and has its key.
export default defineBackground(() => {
  void browser.storage.local.setAccessLevel({ accessLevel: 'TRUSTED_CONTEXTS' });
  void browser.sidePanel.setPanelBehavior({ openPanelOnActionClick: true });
  answerRequests();
  followWhileWatched();
  keepSending();
  // Chrome calls this where the side panel is switched off: on the sites that have the panel over the page.
  browser.action.onClicked.addListener(({ id }) => {
    if (id !== undefined) void order(id, { type: 'toggle' });
  });
  browser.runtime.onInstalled.addListener(({ reason }) => {
    void showOnSites();
    if (reason === 'install') void browser.runtime.openOptionsPage();
  });
  browser.permissions.onAdded.addListener(() => void showOnSites());
  browser.permissions.onRemoved.addListener(() => void showOnSites());
});
