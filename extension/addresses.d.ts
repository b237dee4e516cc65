import 'wxt/browser';

declare module 'wxt/browser' {
  interface WxtRuntime {
    /** The full address of a file of the extension; `path` from its root. */
    getURL(path: string): string;
  }
}
