import { Connection } from './connection.tsx';
import { Sites } from './sites.tsx';

/** What is set once: the server with its key, and the sites that may be read. */
export function Options() {
  return (
    <main className="options">
      <header>
        <img src="/icon/48.png" alt="" width="40" height="40" />
        <div>
          <h1>Lead Flow</h1>
          <p>Indique um lead sem sair da tela da chamada.</p>
        </div>
      </header>
      <Connection />
      <Sites />
      <section>
        <h2>Atalho</h2>
        <p>
          <kbd>Alt</kbd> + <kbd>Shift</kbd> + <kbd>L</kbd> abre o painel e <kbd>Enter</kbd> envia. Para usar
          outras teclas, abra <code>chrome://extensions/shortcuts</code>.
        </p>
      </section>
    </main>
  );
}
