import { localStorageColorSchemeManager } from '@mantine/core';

/** Where the choice between light, dark and the device's own is kept. */
export const colourSchemes = localStorageColorSchemeManager({ key: 'lead-flow-tema' });

/** Shows the chosen scheme before anything is drawn, so that a dark page does not flash. */
export function showColourScheme(): void {
  const chosen = colourSchemes.get('auto');
  const isDark =
    chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
}
