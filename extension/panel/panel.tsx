import { useEffect, useState } from 'react';
import { browser } from 'wxt/browser';
import { holdWords, troubleWords } from '../following/words.ts';
import { ask } from '../messages.ts';
import type { Outgoing } from '../outbox/outgoing.ts';
import { personOf } from '../reading/reading.ts';
import { FieldsView } from './fields-view.tsx';
import { Followed } from './followed.tsx';
import { Icon, PATHS } from './icons.tsx';
import { Notice } from './notice.tsx';
import { ReferralForm } from './referral-form.tsx';
import { OVER_PAGE, useFollowing, useScreen } from './screen-state.ts';
import { Sent } from './sent.tsx';
import { SiteNotice } from './site-notice.tsx';
import { useStored } from './stored-state.ts';

const openOptions = () => void browser.runtime.openOptionsPage();
const close = () => void ask('close', {}).catch(() => {});

/** Refers the person on the call screen, and follows those referred today. */
export function Panel() {
  const [outbox, server, directory, trouble, sites, consultant] = [
    useStored('outbox'),
    useStored('server'),
    useStored('directory'),
    useStored('trouble'),
    useStored('sites'),
    useStored('consultant'),
  ];
  const [screen, look] = useScreen();
  const [view, setView] = useState(location.hash === '#fields' ? 'fields' : 'form');
  const [sent, setSent] = useState<{ key: string; person: string } | null>(null);
  const [correcting, setCorrecting] = useState<Outgoing | null>(null);
  useFollowing();
  // A field that was picked is read at once.
  useEffect(() => void look(), [sites, look]);
  useEffect(() => {
    const turn = () => setView(location.hash === '#fields' ? 'fields' : 'form');
    window.addEventListener('hashchange', turn);
    return () => window.removeEventListener('hashchange', turn);
  }, []);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape' && OVER_PAGE) close();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  if (!outbox || !screen || !sites || [server, directory, trouble, consultant].includes(undefined)) {
    return null;
  }
  const person = personOf(screen.reading);
  const confirmed =
    sent && sent.person === person ? outbox.items.find(({ key }) => key === sent.key) : undefined;
  const waiting = outbox.items.filter(({ state }) => state === 'waiting').length;
  const held = holdWords(outbox.hold, waiting) ?? (server ? troubleWords(trouble ?? null) : null);
  const site = sites.find(({ origin }) => origin === screen.origin);
  const others = outbox.items.filter((item) => item !== confirmed && item.key !== correcting?.key).reverse();

  const correct = (item: Outgoing) => {
    setSent(null);
    setCorrecting(item);
  };

  return (
    <>
      <header className="bar">
        <img src="/icon/48.png" alt="" width="26" height="26" />
        <h1>{view === 'fields' ? 'Campos da tela' : 'Indicar lead'}</h1>
        {view === 'fields' ? (
          <button type="button" className="plain" onClick={() => setView('form')}>
            <Icon path={PATHS.back} /> Voltar
          </button>
        ) : (
          site && (
            <button
              type="button"
              className="plain"
              title="Escolher os campos da tela"
              onClick={() => setView('fields')}
            >
              <Icon path={PATHS.target} />
              <span className="unseen">Escolher os campos da tela</span>
            </button>
          )
        )}
        <button type="button" className="plain" title="Opções" onClick={openOptions}>
          <Icon path={PATHS.settings} />
          <span className="unseen">Opções</span>
        </button>
        {OVER_PAGE && (
          <button type="button" className="plain" title="Fechar (Esc)" onClick={close}>
            <Icon path={PATHS.close} />
            <span className="unseen">Fechar</span>
          </button>
        )}
      </header>
      <main>
        {held && (
          <Notice kind="warning">
            {held.text}{' '}
            <button
              type="button"
              className="link"
              onClick={held.inOptions ? openOptions : () => void ask('retry', {})}
            >
              {held.inOptions ? 'Abrir as opções' : 'Tentar agora'}
            </button>
          </Notice>
        )}
        {view === 'fields' && site && screen.tabId !== null ? (
          <FieldsView tabId={screen.tabId} site={site} reading={screen.reading} />
        ) : !server || !directory ? (
          <section className="empty">
            <h2>Falta conectar</h2>
            <p>Informe uma vez o endereço do servidor e a chave que você recebeu. Depois é só indicar.</p>
            <button type="button" className="primary" onClick={openOptions}>
              Abrir as opções
            </button>
          </section>
        ) : confirmed ? (
          <Sent item={confirmed} onNew={() => setSent(null)} onCorrect={correct} />
        ) : (
          <>
            <SiteNotice screen={screen} onAllowed={look} />
            <ReferralForm
              key={correcting?.key ?? 'new'}
              reading={screen.reading}
              directory={directory}
              consultant={consultant ?? ''}
              correcting={correcting}
              onGivenUp={() => setCorrecting(null)}
              onSent={(key) => {
                setCorrecting(null);
                setSent({ key, person });
              }}
            />
          </>
        )}
        {view === 'form' && others.length > 0 && <Followed items={others} onCorrect={correct} />}
      </main>
    </>
  );
}
