import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconDownload } from '@tabler/icons-react';
import { address } from '../../api/client.ts';
import type { Range } from './range.ts';

const TABLES = [
  ['summary', 'Resumo'],
  ['days', 'Leads por dia'],
  ['consultants', 'Conversão por consultor'],
  ['funnel', 'Até onde as mensagens chegaram'],
  ['cost', 'Custo'],
  ['errors', 'Erros de envio'],
] as const;

/** Each part of the page as a file for a spreadsheet. */
export function ExportMenu({ range }: { range: Range }) {
  return (
    <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={17} stroke={1.7} />}
          rightSection={<IconChevronDown size={15} stroke={1.7} />}
        >
          Exportar em CSV
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {TABLES.map(([table, name]) => (
          <Menu.Item
            key={table}
            component="a"
            href={address('/v1/overview.csv', { ...range, table })}
            download
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
