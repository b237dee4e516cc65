import { NavLink as MantineNavLink, Stack } from '@mantine/core';
import {
  IconAddressBook,
  IconChartBar,
  IconDeviceMobile,
  IconDeviceMobileMessage,
  IconFileImport,
  IconLayoutKanban,
  IconSettings,
  IconWebhook,
} from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import classes from './shell.module.css';

const PAGES = [
  { to: '/leads', name: 'Leads', icon: IconLayoutKanban },
  { to: '/visao-geral', name: 'Visão geral', icon: IconChartBar },
  { to: '/consultores', name: 'Consultores', icon: IconAddressBook },
  { to: '/numeros', name: 'Números', icon: IconDeviceMobile },
  { to: '/eventos', name: 'Eventos', icon: IconWebhook },
  { to: '/importar', name: 'Importar', icon: IconFileImport },
  { to: '/configuracoes', name: 'Configurações', icon: IconSettings },
];

const TEST_PHONE = { to: '/telefone', name: 'Telefone de teste', icon: IconDeviceMobileMessage };

/** The pages; the test phone only where there is one. */
export function Navigation({ testPhone, onChoose }: { testPhone: boolean; onChoose: () => void }) {
  const { pathname } = useLocation();
  return (
    <Stack component="nav" aria-label="Páginas" gap={2}>
      {(testPhone ? [...PAGES, TEST_PHONE] : PAGES).map(({ to, name, icon: Picture }) => {
        const isHere = pathname === to || pathname.startsWith(`${to}/`);
        return (
          <MantineNavLink
            key={to}
            component={Link}
            to={to}
            label={name}
            active={isHere}
            aria-current={isHere ? 'page' : undefined}
            leftSection={<Picture size={19} stroke={1.7} aria-hidden />}
            onClick={onChoose}
            className={classes.page}
          />
        );
      })}
    </Stack>
  );
}
