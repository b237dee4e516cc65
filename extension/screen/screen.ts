import { type Browser, browser } from 'wxt/browser';
import type { ScreenOrder, ScreenWord, Welcome } from '../messages.ts';
import { mountOverlay, type Overlay } from './overlay.ts';
import { startPicker } from './picker.ts';
import { readPage } from './read-page.ts';

/** Shows the tab at the page's edge and obeys the service worker, where the site is one that the person allowed. */
export async function startScreen(): Promise<void> {
  const own = globalThis as { leadFlowScreen?: boolean };
  if (own.leadFlowScreen) return;
  own.leadFlowScreen = true;
  const { done } = (await browser.runtime.sendMessage({ type: 'screen_ready' })) as { done?: Welcome };
  if (!done?.show) {
    own.leadFlowScreen = false;
    return;
  }
  const overlay = mountOverlay();
  const obey = (
    order: ScreenOrder,
    sender: Browser.runtime.MessageSender,
    respond: (said: unknown) => void,
  ) => {
    // Not from another page's script: the service worker has no tab.
    if (sender.id !== browser.runtime.id || sender.tab) return;
    if (order.type === 'read') respond(readPage(order.selectors));
    if (order.type === 'toggle') overlay.toggle();
    if (order.type === 'open') overlay.open(order.view);
    if (order.type === 'close') overlay.close();
    if (order.type === 'pick') pick(overlay, order);
    if (order.type === 'leave') {
      browser.runtime.onMessage.removeListener(obey);
      overlay.remove();
      own.leadFlowScreen = false;
    }
  };
  browser.runtime.onMessage.addListener(obey);
  if (done.open) overlay.open(done.open);
}

function pick(overlay: Overlay, { name, field }: ScreenOrder & { type: 'pick' }): void {
  overlay.hide();
  startPicker(name, (selector) => {
    const said: ScreenWord = selector === null ? { type: 'pick_ended' } : { type: 'picked', field, selector };
    void browser.runtime.sendMessage(said).finally(overlay.show);
  });
}
