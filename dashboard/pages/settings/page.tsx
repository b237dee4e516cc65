import { Tabs } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { PageHeader } from '../../elements/page-header.tsx';
import { RowSkeletons } from '../../elements/row-skeletons.tsx';
import classes from './settings.module.css';

const PARTS = [
  { path: 'chatwoot', name: 'Chatwoot', Part: lazy(() => import('./chatwoot.tsx')) },
  { path: 'fluxo', name: 'Número e modelos', Part: lazy(() => import('./templates/flows.tsx')) },
  { path: 'modelos', name: 'Modelos da Meta', Part: lazy(() => import('./templates/templates.tsx')) },
  { path: 'retrabalho', name: 'Retrabalho', Part: lazy(() => import('./rules/rework.tsx')) },
  { path: 'status', name: 'Status da indicação', Part: lazy(() => import('./rules/statuses.tsx')) },
  { path: 'mensagens', name: 'Limites e etiquetas', Part: lazy(() => import('./rules/limits.tsx')) },
  { path: 'descadastro', name: 'Descadastro', Part: lazy(() => import('./rules/opt-out.tsx')) },
  { path: 'precos', name: 'Preços', Part: lazy(() => import('./rules/prices.tsx')) },
  { path: 'chaves', name: 'Chaves da API', Part: lazy(() => import('./api-keys.tsx')) },
];

/** On a phone the chosen part may lie beyond the edge. */
const intoView = (tab: HTMLElement | null) => tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });

/** What the tenant decides, a part each. Nothing needs a restart. */
export function SettingsPage() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const path = pathname.split('/')[2] ?? '';
  const chosen = PARTS.find((part) => part.path === path);
  if (!chosen) return <Navigate to="/configuracoes/chatwoot" replace />;
  return (
    <>
      <PageHeader title="Configurações" description="Vale em até 5 segundos, sem reiniciar nada." />
      <Tabs
        value={chosen.path}
        onChange={(value) => {
          if (value !== chosen.path) void navigate(`/configuracoes/${value}`);
        }}
        keepMounted={false}
        activateTabWithKeyboard={false}
        variant="pills"
      >
        <Tabs.List className={classes.list} aria-label="Partes das configurações" mb="md">
          {PARTS.map((part) => (
            <Tabs.Tab key={part.path} value={part.path} ref={part === chosen ? intoView : undefined}>
              {part.name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={chosen.path}>
          <Suspense fallback={<RowSkeletons rows={4} height={56} />}>
            <chosen.Part />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
