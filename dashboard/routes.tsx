import type { QueryClient } from '@tanstack/react-query';
import { createBrowserRouter, Navigate } from 'react-router';
import { hadSession } from './api/session.ts';
import { SESSION_ENDED } from './pages/sign-in/session-ended.ts';
import { Opening } from './shell/opening.tsx';
import { PageFailure } from './shell/page-failure.tsx';
import { SignedIn } from './shell/signed-in.tsx';

/** The dashboard's addresses. Each page is loaded once it is opened. */
export const router = createBrowserRouter([
  {
    path: '/entrar',
    lazy: async () => ({ Component: (await import('./pages/sign-in/page.tsx')).SignInPage }),
    HydrateFallback: Opening,
    errorElement: <PageFailure />,
  },
  {
    element: <SignedIn onSignedOut={goToSignIn} />,
    errorElement: <PageFailure />,
    HydrateFallback: Opening,
    children: [
      { index: true, element: <Navigate to="/leads" replace /> },
      {
        // Inside the shell, so that the navigation outlives a page that breaks.
        errorElement: <PageFailure />,
        children: [
          page('leads', async () => (await import('./pages/board/page.tsx')).BoardPage),
          page('leads/tabela', async () => (await import('./pages/leads/page.tsx')).LeadsPage),
          page('leads/:id', async () => (await import('./pages/lead/page.tsx')).LeadPage),
          page('visao-geral', async () => (await import('./pages/overview/page.tsx')).OverviewPage),
          page('consultores', async () => (await import('./pages/consultants/page.tsx')).ConsultantsPage),
          page('numeros', async () => (await import('./pages/channels/page.tsx')).ChannelsPage),
          page('eventos', async () => (await import('./pages/events/page.tsx')).EventsPage),
          page('configuracoes/*', async () => (await import('./pages/settings/page.tsx')).SettingsPage),
          page('importar', async () => (await import('./pages/import/page.tsx')).ImportPage),
          page('telefone', async () => (await import('./pages/test-phone/page.tsx')).TestPhonePage),
          page('conta', async () => (await import('./pages/account/page.tsx')).AccountPage),
          page('*', async () => (await import('./pages/not-found/page.tsx')).NotFoundPage),
        ],
      },
    ],
  },
]);

function page(path: string, load: () => Promise<React.ComponentType>) {
  return { path, lazy: async () => ({ Component: await load() }) };
}

/**
 * The session is over, or never began: the sign-in page, which says so of one that ended and afterwards leads back
 * here.
 */
export function goToSignIn(client: QueryClient): void {
  const { pathname, search } = router.state.location;
  if (pathname === '/entrar') return;
  const query = pathname === '/' ? '' : `?${new URLSearchParams({ depois: pathname + search })}`;
  void router.navigate(`/entrar${query}`, {
    replace: true,
    state: hadSession(client) ? SESSION_ENDED : null,
  });
}
