import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';

const SCHEMES = {
  auto: { name: 'Tema: automático', icon: IconDeviceDesktop, next: 'light' },
  light: { name: 'Tema: claro', icon: IconSun, next: 'dark' },
  dark: { name: 'Tema: escuro', icon: IconMoon, next: 'auto' },
} as const;

/** Goes round the device's own scheme, light and dark. */
export function ThemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const { name, icon: Picture, next } = SCHEMES[colorScheme];
  return (
    <Tooltip label={`${name}. Clique para trocar.`}>
      <ActionIcon size="lg" aria-label={`${name}. Trocar.`} onClick={() => setColorScheme(next)}>
        <Picture size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
