import { Avatar, Group, Menu, Text, UnstyledButton } from '@mantine/core';
import { IconChevronUp, IconDevicesOff, IconKey, IconLogout } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import type { Me } from '../../src/contract/connection.ts';
import { useLeaving } from '../elements/unsaved.ts';
import { useSigningOut } from '../elements/use-signing-out.ts';
import classes from './shell.module.css';

/** Who is signed in, and the ways out. */
export function AccountMenu({ me }: { me: Me }) {
  const navigate = useNavigate();
  const { leave } = useLeaving();
  const signingOut = useSigningOut();
  const name = me.user?.name ?? me.tenant.name;

  return (
    <Menu position="top-start" width={244} shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={classes.account}>
          <span className="visually-hidden">Minha conta</span>
          <Group gap={10} wrap="nowrap">
            <Avatar size={34} radius="xl" name={name} color="verde" aria-hidden />
            <span className={classes.who}>
              <Text size="sm" fw={600} truncate>
                {name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {me.tenant.name}
              </Text>
            </span>
            <IconChevronUp size={16} stroke={1.7} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {me.user && <Menu.Label>{me.user.email}</Menu.Label>}
        <Menu.Item leftSection={<IconKey size={17} />} onClick={() => navigate('/conta')}>
          Minha conta
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={17} />}
          onClick={() => leave(() => signingOut.mutate('here'))}
        >
          Sair
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDevicesOff size={17} />}
          onClick={() => leave(() => signingOut.mutate('everywhere'))}
        >
          Sair de todos os aparelhos
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
