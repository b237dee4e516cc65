import { AppShell, Burger, Group, Loader, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect, useRef } from 'react';
import { Outlet, useLocation, useNavigation } from 'react-router';
import type { Me } from '../../src/contract/connection.ts';
import { AccountMenu } from './account-menu.tsx';
import { Brand } from './brand.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

/** What stands around every page: the navigation at its side, on a phone behind a button. */
export function Shell({ me }: { me: Me }) {
  const [isOpen, { toggle, close }] = useDisclosure();
  const main = useMainFocus();
  const isLoading = useNavigation().state === 'loading';

  return (
    <AppShell
      className={classes.shell}
      header={{ height: { base: 54, sm: 0 } }}
      navbar={{ width: 236, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
    >
      <a className="skip-link" href="#conteudo">
        Ir para o conteúdo
      </a>
      <AppShell.Header className={classes.top} hiddenFrom="sm">
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              size="sm"
              aria-expanded={isOpen}
              aria-label={isOpen ? 'Fechar o menu' : 'Abrir o menu'}
            />
            <Brand size={24} />
          </Group>
          <LiveIndicator />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.side} aria-label="Menu" component="aside">
        <AppShell.Section p="md" pb="sm" visibleFrom="sm">
          <Brand />
        </AppShell.Section>
        <AppShell.Section grow component={ScrollArea} px="sm" pt={{ base: 'sm', sm: 0 }}>
          <Navigation testPhone={me.test_phone} onChoose={close} />
        </AppShell.Section>
        <AppShell.Section px="sm" pb="sm">
          <Group justify="space-between" px={8} py={4}>
            <LiveIndicator />
            <ThemeSwitch />
          </Group>
          <AccountMenu me={me} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} id="conteudo" tabIndex={-1} ref={main} aria-busy={isLoading}>
        <div className={classes.content}>
          <Suspense fallback={<Loader role="status" aria-label="Carregando" />}>
            <Outlet />
          </Suspense>
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

/** After another page was chosen the keyboard goes on from its beginning, as after loading one. */
function useMainFocus() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [pathname]);
  return main;
}
