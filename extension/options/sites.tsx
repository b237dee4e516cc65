import { type FormEvent, useState } from 'react';
import { browser } from 'wxt/browser';
import { ask } from '../messages.ts';
import { Notice } from '../panel/notice.tsx';
import { useStored } from '../panel/stored-state.ts';
import { hostPattern, readSite } from '../server/address.ts';
import { SiteCard } from './site-card.tsx';

/** The call screens that may be read: those the person adds, and no other. */
export function Sites() {
  const sites = useStored('sites');
  const [address, setAddress] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  if (!sites) return null;

  const add = async (event: FormEvent) => {
    event.preventDefault();
    const read = readSite(address);
    if (!read.ok) return setProblem(read.message);
    if (!(await browser.permissions.request({ origins: [hostPattern(read.url)] }))) {
      return setProblem(
        'Sem a sua permissão o Lead Flow não lê este site. Clique em Adicionar e aceite o pedido do Chrome.',
      );
    }
    await ask('add_site', { origin: read.url });
    setProblem(null);
    setAddress('');
  };

  return (
    <section>
      <h2>Sites da chamada</h2>
      <p>O painel aparece e lê os campos só nos sites desta lista.</p>
      <form className="add" noValidate onSubmit={(event) => void add(event)}>
        <div className="field">
          <label htmlFor="site">Endereço da tela da chamada</label>
          <input
            id="site"
            type="url"
            placeholder="https://crm.suaempresa.com.br"
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
        </div>
        <button type="submit">Adicionar</button>
      </form>
      {problem && <Notice kind="error">{problem}</Notice>}
      {sites.length === 0 ? (
        <p className="hint">
          Ainda não há nenhum. Você também pode abrir a tela da chamada, clicar no ícone do Lead Flow e
          permitir ali.
        </p>
      ) : (
        <ul className="sites">
          {sites.map((site) => (
            <SiteCard key={site.origin} site={site} />
          ))}
        </ul>
      )}
    </section>
  );
}
