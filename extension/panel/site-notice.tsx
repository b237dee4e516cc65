import { browser } from 'wxt/browser';
import { ask, type Screen } from '../messages.ts';
import { hostPattern } from '../server/address.ts';

/** Offers to read a site that the person has not allowed yet; where its address is not known, says where to add it. */
export function SiteNotice({
  screen: { origin, allowed },
  onAllowed,
}: {
  screen: Screen;
  onAllowed: () => void;
}) {
  if (allowed) return null;
  if (origin === null) {
    return (
      <p className="hint">
        Para os campos virem preenchidos, adicione o site da chamada nas{' '}
        <button type="button" className="link" onClick={() => void browser.runtime.openOptionsPage()}>
          opções
        </button>
        .
      </p>
    );
  }
  const allow = async () => {
    if (!(await browser.permissions.request({ origins: [hostPattern(origin)] }))) return;
    await ask('add_site', { origin });
    onAllowed();
  };
  return (
    <div className="site">
      <p>
        Permita a leitura de <strong>{new URL(origin).host}</strong> e os campos virão preenchidos da tela.
      </p>
      <button type="button" onClick={() => void allow()}>
        Permitir este site
      </button>
    </div>
  );
}
