/** A server's address as it is kept, or what is wrong with what was typed, in Portuguese. */
export type ReadAddress = { ok: true; url: string } | { ok: false; message: string };

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Reads a server's address; `https://` may be left out. The key is not sent in the clear over a network. */
export function readAddress(typed: string): ReadAddress {
  const text = typed.trim();
  if (text === '')
    return {
      ok: false,
      message: 'Informe o endereço do servidor, por exemplo https://leads.suaempresa.com.br.',
    };
  const schemed = /^[a-z]+:\/\//i.test(text)
    ? text
    : `${/^(localhost|127\.)/.test(text) ? 'http' : 'https'}://${text}`;
  const url = URL.parse(schemed);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return {
      ok: false,
      message: 'Isto não é um endereço. Use, por exemplo, https://leads.suaempresa.com.br.',
    };
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    return { ok: false, message: 'Use um endereço https://, para que a chave não viaje aberta pela rede.' };
  }
  return { ok: true, url: url.origin + url.pathname.replace(/\/+$/, '') };
}

/** The pattern of a host permission for an address. */
export function hostPattern(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}

/** A call screen's site, of whatever address of it was typed or pasted; its `url` is the origin. */
export function readSite(typed: string): ReadAddress {
  const text = typed.trim();
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if (text === '' || !url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return {
      ok: false,
      message: 'Informe o endereço da tela da chamada, por exemplo https://crm.suaempresa.com.br.',
    };
  }
  return { ok: true, url: url.origin };
}
