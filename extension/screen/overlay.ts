import { browser } from 'wxt/browser';

/** The panel over the page. */
export type Overlay = {
  open(view: 'form' | 'fields'): void;
  close(): void;
  toggle(): void;
  /** Out of sight for a while, as it is. */
  hide(): void;
  show(): void;
  /** For good. */
  remove(): void;
};

const TAG = 'lead-flow-panel';

const STYLE = `
  :host { all: initial !important; position: fixed !important; z-index: 2147483647 !important; inset: 0 0 auto auto !important; }
  button {
    position: fixed; right: 0; top: 38vh; display: flex; align-items: center; gap: 8px; padding: 11px 10px 11px 12px;
    border: 0; border-radius: 12px 0 0 12px; background: #0b6e69; color: #fff; cursor: pointer;
    font: 600 14px/1 system-ui, sans-serif; box-shadow: 0 2px 10px rgb(0 0 0 / .28); transition: padding .12s;
  }
  button:hover { padding-right: 16px; background: #095c58; }
  button:focus-visible { outline: 3px solid #7ff0dd; outline-offset: 2px; }
  svg { width: 18px; height: 18px; }
  iframe {
    position: fixed; right: 16px; top: 16px; width: min(392px, calc(100vw - 32px)); height: min(700px, calc(100vh - 32px));
    border: 0; border-radius: 16px; background: Canvas; color-scheme: light dark;
    box-shadow: 0 12px 40px rgb(0 0 0 / .32), 0 0 0 1px rgb(127 127 127 / .25);
  }
  [hidden] { display: none !important; }
  @media (prefers-reduced-motion: reduce) { button { transition: none; } }
  @media print { button, iframe { display: none; } }
`;

const MARK =
  '<svg viewBox="0 0 128 128" fill="none" stroke-width="15" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">' +
  '<path d="M24 40h36a24 24 0 0 1 0 48h-8" stroke="#fff"/><path d="m80 64 24 24-24 24M52 88h48" stroke="#7ff0dd"/></svg>';

/**
 * Puts a tab at the page's edge that opens the panel. Both lie in a closed shadow root, and the panel in a frame of
 * the extension: the page sees neither what it shows nor what is typed into it.
 */
export function mountOverlay(): Overlay {
  // One that an earlier version of the extension left behind does nothing any more.
  for (const old of document.querySelectorAll(TAG)) old.remove();
  const host = document.createElement(TAG);
  const root = host.attachShadow({ mode: 'closed' });
  const style = document.createElement('style');
  style.textContent = STYLE;
  const tab = document.createElement('button');
  tab.type = 'button';
  tab.title = 'Indicar este lead (Alt+Shift+L)';
  tab.innerHTML = `${MARK}<span>Indicar</span>`;
  root.append(style, tab);
  document.documentElement.append(host);

  let frame: HTMLIFrameElement | null = null;
  let before: Element | null = null;

  const show = () => {
    if (!frame) return;
    frame.hidden = false;
    tab.hidden = true;
    frame.focus();
  };
  const open = (view: 'form' | 'fields') => {
    const address = `${browser.runtime.getURL('/panel.html')}?over=page#${view}`;
    before ??= document.activeElement;
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = 'Lead Flow: indicar lead';
      frame.addEventListener('load', show);
      frame.src = address;
      root.append(frame);
    } else if (view === 'fields') frame.src = address;
    show();
  };
  const close = () => {
    // Not kept: what it showed is in the extension, and a page left open all day holds nothing of it.
    frame?.remove();
    frame = null;
    tab.hidden = false;
    if (before instanceof HTMLElement && before !== document.body) before.focus();
    else tab.focus();
    before = null;
  };

  tab.addEventListener('click', (event) => {
    // The page has no part in it; and a click that the page made up is nobody's wish.
    event.stopPropagation();
    if (event.isTrusted) open('form');
  });
  return {
    open,
    close,
    toggle: () => (frame && !frame.hidden ? close() : open('form')),
    hide() {
      if (frame) frame.hidden = true;
    },
    show,
    remove: () => host.remove(),
  };
}
