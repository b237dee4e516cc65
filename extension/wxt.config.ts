import { readFileSync } from 'node:fs';
import { defineConfig } from 'wxt';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export default defineConfig({
  outDir: '../dist/extension',
  imports: false,
  zip: { artifactTemplate: 'lead-flow-{{version}}.zip' },
  manifest: ({ mode }) => ({
    name: 'Lead Flow',
    description: 'Indique um lead sem sair da tela da chamada e acompanhe a mensagem até a resposta.',
    version,
    // URL.parse, and what comes before it: the side panel, and setAccessLevel, which keeps content scripts off the key.
    minimum_chrome_version: '126',
    permissions: ['storage', 'alarms', 'scripting', 'sidePanel', 'activeTab'],
    // Granted one by one, by the person: the server's address and each call screen.
    optional_host_permissions: ['https://*/*', 'http://*/*'],
    // Chrome's own prompt cannot be answered by a test, whose variant has this machine's addresses from the start.
    ...(mode === 'test' ? { host_permissions: ['http://127.0.0.1/*'] } : {}),
    action: { default_title: 'Indicar este lead' },
    commands: {
      _execute_action: {
        suggested_key: { default: 'Alt+Shift+L' },
        description: 'Abrir o painel de indicação',
      },
    },
    side_panel: { default_path: 'panel.html' },
    web_accessible_resources: [
      // A call screen shows the panel in a frame; under an address that no page can know.
      { resources: ['panel.html'], matches: ['https://*/*', 'http://*/*'], use_dynamic_url: true },
    ],
  }),
});
