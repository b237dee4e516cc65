declare global {
  /** Read by the package that locks scrolling behind a dialog, for the style it injects. */
  var __webpack_nonce__: string | undefined;
}

/** The nonce by which the server's content policy lets this page inject styles. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

/** Hands the nonce to packages that inject styles without asking for one. */
export function publishNonce(): void {
  globalThis.__webpack_nonce__ = styleNonce();
}
