import { type FormEvent, useState } from 'react';
import { browser } from 'wxt/browser';
import { ask } from '../messages.ts';
import { Notice } from '../panel/notice.tsx';
import { useStored } from '../panel/stored-state.ts';
import { hostPattern, readAddress } from '../server/address.ts';
import { connectionWords } from '../server/words.ts';

type Result = { kind: 'good' | 'error'; text: string };

/** Server and key: tried, and kept where they work. The key never comes back onto the page. */
export function Connection() {
  const server = useStored('server');
  const [address, setAddress] = useState<string>();
  const [key, setKey] = useState('');
  const [result, setResult] = useState<Result | null>(null);
  const [trying, setTrying] = useState(false);
  if (server === undefined) return null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const read = readAddress(address ?? server?.url ?? '');
    if (!read.ok) return setResult({ kind: 'error', text: read.message });
    if (key.trim() === '' && !server)
      return setResult({ kind: 'error', text: 'Informe a chave que você recebeu.' });
    // The kept key was given for the kept server, and goes to no other.
    if (key.trim() === '' && read.url !== server?.url) {
      return setResult({ kind: 'error', text: 'Para outro servidor, informe também a chave dele.' });
    }
    // Before anything is waited for: Chrome shows its question only on a click.
    const granted = await browser.permissions.request({ origins: [hostPattern(read.url)] });
    if (!granted) return setResult({ kind: 'error', text: connectionWords('no_permission') });
    setTrying(true);
    setResult(null);
    try {
      const answer = await ask('connect', { url: read.url, key: key.trim() || null });
      if ('problem' in answer) return setResult({ kind: 'error', text: connectionWords(answer.problem) });
      setKey('');
      setAddress(read.url);
      setResult({ kind: 'good', text: `Conectado a ${answer.tenant}.` });
    } finally {
      setTrying(false);
    }
  };
  const disconnect = async () => {
    await ask('disconnect', {});
    setResult({ kind: 'good', text: 'A chave foi apagada deste navegador.' });
  };

  return (
    <section>
      <h2>Conexão</h2>
      <form noValidate onSubmit={(event) => void submit(event)}>
        <div className="field">
          <label htmlFor="address">Endereço do servidor</label>
          <input
            id="address"
            type="url"
            placeholder="https://leads.suaempresa.com.br"
            value={address ?? server?.url ?? ''}
            onChange={({ target }) => setAddress(target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="key">Chave</label>
          <input
            id="key"
            type="password"
            autoComplete="off"
            placeholder={server ? 'Guardada. Cole outra para trocar.' : 'Cole a chave que você recebeu'}
            value={key}
            onChange={({ target }) => setKey(target.value)}
            aria-describedby="key-hint"
          />
          <p className="hint" id="key-hint">
            Fica só neste navegador e não é sincronizada.
          </p>
        </div>
        <div className="send">
          <button type="submit" className="primary" disabled={trying}>
            {trying ? 'Testando…' : 'Salvar e testar'}
          </button>
          {server && (
            <button type="button" onClick={() => void disconnect()}>
              Desconectar
            </button>
          )}
        </div>
        {result ? (
          <Notice kind={result.kind}>{result.text}</Notice>
        ) : (
          server && <Notice kind="good">Conectado a {server.tenant}.</Notice>
        )}
      </form>
    </section>
  );
}
