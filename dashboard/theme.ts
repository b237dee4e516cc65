import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Deep green: calm beside WhatsApp's, and dark enough for white text on it. */
const verde: MantineColorsTuple = [
  '#e9f7f1',
  '#d3ece1',
  '#a6d9c4',
  '#75c5a4',
  '#4eb48a',
  '#35a979',
  '#1c9b6c',
  '#0a7d5c',
  '#066a4e',
  '#01553d',
];

/** Cooler and deeper than Mantine's own, so that surfaces stand apart by tone and not by lines. */
const dark: MantineColorsTuple = [
  '#d5dae1',
  '#b4bcc7',
  '#98a2b0',
  '#6f7a89',
  '#3a434f',
  '#2b333d',
  '#20262e',
  '#181d24',
  '#12161b',
  '#0c0f13',
];

const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#eff1f4',
  '#e4e7ec',
  '#d7dce3',
  '#c3cad4',
  '#a2abb8',
  '#798493',
  '#5a6573',
  '#3b444f',
  '#20262e',
];

/** Its filled buttons carry white text: darker than Mantine's own. */
const red: MantineColorsTuple = [
  '#fdeceb',
  '#f9d5d3',
  '#f2a8a4',
  '#ec7a74',
  '#e5554d',
  '#dd3e35',
  '#d3352c',
  '#c02a22',
  '#a8221b',
  '#8d1a14',
];

const SYSTEM =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, system-ui, sans-serif';

/** How the dashboard looks; what differs by colour scheme stands in `styles.css`. */
export const theme = createTheme({
  colors: { verde, dark, gray, red },
  primaryColor: 'verde',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  fontFamily: SYSTEM,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "Liberation Mono", monospace',
  headings: {
    fontFamily: SYSTEM,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { md: '10px', lg: '14px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps: { 'aria-label': 'Fechar' },
      },
    },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Fechar' } } },
    Notification: {
      defaultProps: { radius: 'md', closeButtonProps: { 'aria-label': 'Fechar o aviso' } },
      styles: { description: { color: 'var(--mantine-color-dimmed)' } },
    },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
  },
});

/** Variables by colour scheme: surfaces, lines and words that stay readable on them (4.5 : 1). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1b2129',
    '--mantine-color-dimmed': '#586371',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-placeholder': '#66717f',
    '--page': '#f4f6f8',
    '--surface': '#ffffff',
    '--surface-sunken': '#e9ecf1',
    '--surface-raised': '#dfe4ea',
    '--surface-hover': '#f7f9fb',
    '--line': '#e1e5ea',
    '--line-strong': '#b9c2cd',
    '--brand-text': '#056a4d',
    '--brand-soft': '#e1f3ea',
    '--warn-text': '#8a4400',
    '--warn-soft': '#ffedd8',
    '--bad-text': '#b3261e',
    '--bad-soft': '#fde8e6',
    '--rest-text': '#3b48a8',
    '--rest-soft': '#e8eafc',
    '--rework-text': '#8a2da5',
    '--rework-soft': '#f6e6fa',
    '--ticks-read': '#0878b8',
    '--chat-wall': '#efeae4',
    '--chat-out': '#d9f7cf',
    '--chat-in': '#ffffff',
    '--chat-meta': '#4f6356',
    '--chat-line': 'rgb(16 24 40 / 10%)',
    '--chat-link': '#0b6a99',
    '--shadow-card': '0 1px 2px rgb(16 24 40 / 6%), 0 1px 3px rgb(16 24 40 / 4%)',
  },
  dark: {
    '--mantine-color-body': '#181d24',
    '--mantine-color-text': '#e4e8ed',
    '--mantine-color-dimmed': '#9ba6b4',
    '--mantine-color-error': '#ff8f86',
    '--mantine-color-placeholder': '#8b96a5',
    '--page': '#0f1317',
    '--surface': '#181d24',
    '--surface-sunken': '#14191e',
    '--surface-raised': '#262d36',
    '--surface-hover': '#1d232b',
    '--line': '#2a323b',
    '--line-strong': '#4a5563',
    '--brand-text': '#5fd3a6',
    '--brand-soft': '#12352a',
    '--warn-text': '#f6b26b',
    '--warn-soft': '#3a2812',
    '--bad-text': '#ff8f86',
    '--bad-soft': '#40191a',
    '--rest-text': '#aab4ff',
    '--rest-soft': '#232848',
    '--rework-text': '#e0a2f2',
    '--rework-soft': '#3a1f44',
    '--ticks-read': '#58b8f0',
    '--chat-wall': '#10161a',
    '--chat-out': '#0f4a39',
    '--chat-in': '#232b33',
    '--chat-meta': '#a3b8ae',
    '--chat-line': 'rgb(255 255 255 / 12%)',
    '--chat-link': '#7cc7f5',
    '--shadow-card': '0 1px 2px rgb(0 0 0 / 35%)',
  },
});
