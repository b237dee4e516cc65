import { textOf } from './read-page.ts';
import { selectorOf } from './selector-of.ts';

const TAG = 'lead-flow-picker';
const STYLE = `
  :host { all: initial !important; }
  .frame {
    position: fixed; pointer-events: none; z-index: 2147483646; border: 2px solid #0b6e69; border-radius: 4px;
    background: rgb(11 110 105 / .16); box-shadow: 0 0 0 1px #fff;
  }
  .words {
    position: fixed; z-index: 2147483647; left: 50%; top: 16px; transform: translateX(-50%); max-width: 90vw;
    padding: 12px 18px; border-radius: 12px; background: #10201f; color: #fff; font: 15px/1.4 system-ui, sans-serif;
    box-shadow: 0 8px 28px rgb(0 0 0 / .35); pointer-events: none; text-align: center;
  }
  .words b { color: #7ff0dd; }
  .words small { display: block; color: #c8d6d5; font-size: 13px; }
`;

/**
 * Has the person click an element of the page, or choose it with Tab and Enter; Esc ends it. Calls `done` once, with
 * a selector for the element or null. The page itself hears nothing of the click.
 */
export function startPicker(fieldName: string, done: (selector: string | null) => void): void {
  for (const old of document.querySelectorAll(TAG)) old.dispatchEvent(new Event('lead-flow-end'));
  const host = document.createElement(TAG);
  const root = host.attachShadow({ mode: 'closed' });
  const style = document.createElement('style');
  style.textContent = STYLE;
  const frame = document.createElement('div');
  frame.className = 'frame';
  frame.hidden = true;
  const words = document.createElement('div');
  words.className = 'words';
  words.setAttribute('role', 'status');
  root.append(style, frame, words);
  document.documentElement.append(host);

  let under: Element | null = null;
  const say = (sample: string) => {
    words.replaceChildren('Clique no campo ', bold(fieldName), ' desta tela', small(sample || 'Esc cancela'));
  };
  const mark = (element: Element | null) => {
    under = element && element !== host && element !== document.documentElement ? element : null;
    frame.hidden = under === null;
    if (!under) return say('');
    const { left, top, width, height } = under.getBoundingClientRect();
    Object.assign(frame.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    const sample = textOf(under).replace(/\s+/g, ' ').trim().slice(0, 60);
    say(sample === '' ? 'Aqui não há texto' : `Será lido: ${sample}`);
  };
  const end = (selector: string | null) => {
    listening.abort();
    host.remove();
    done(selector);
  };

  const listening = new AbortController();
  const on = <Name extends keyof WindowEventMap>(name: Name, act: (event: WindowEventMap[Name]) => void) =>
    window.addEventListener(name, act, { capture: true, signal: listening.signal });
  const swallow = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  on('mousemove', ({ clientX, clientY }) => mark(document.elementFromPoint(clientX, clientY)));
  on('focusin', ({ target }) => mark(target instanceof Element ? target : null));
  for (const name of ['pointerdown', 'pointerup', 'mousedown', 'mouseup'] as const) on(name, swallow);
  on('click', (event) => {
    swallow(event);
    if (!event.isTrusted) return;
    const element = document.elementFromPoint(event.clientX, event.clientY);
    if (element) end(selectorOf(element));
  });
  on('keydown', (event) => {
    if (event.key === 'Escape') {
      swallow(event);
      end(null);
    } else if (event.key === 'Enter' && under) {
      swallow(event);
      end(selectorOf(under));
    }
  });
  host.addEventListener('lead-flow-end', () => end(null));
  say('');
}

function bold(text: string): HTMLElement {
  const element = document.createElement('b');
  element.textContent = text;
  return element;
}

function small(text: string): HTMLElement {
  const element = document.createElement('small');
  element.textContent = text;
  return element;
}
