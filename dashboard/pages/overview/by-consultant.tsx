import { Group, ScrollArea, Table, Text } from '@mantine/core';
import type { Overview } from '../../../src/contract/overview.ts';
import { count, share } from '../../words/formatting.ts';
import classes from './overview.module.css';

/** Conversion by consultant, in the first contact and in the rework. */
export function ByConsultant({ consultants }: { consultants: Overview['consultants'] }) {
  if (consultants.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nenhum lead no período.
      </Text>
    );
  }
  return (
    <>
      <ScrollArea.Autosize mah={420} type="auto" tabIndex={0} aria-label="Conversão por consultor">
        <Table verticalSpacing={8} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Consultor</Table.Th>
              <Table.Th ta="right">Leads</Table.Th>
              <Table.Th ta="right">Convertidos</Table.Th>
              <Table.Th w="34%">Conversão</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {consultants.map((row) => (
              <Table.Tr key={row.consultant}>
                <Table.Td>{row.consultant}</Table.Td>
                <Table.Td ta="right" className="tabular">
                  {count(row.leads)}
                </Table.Td>
                <Table.Td ta="right" className="tabular">
                  {count(row.converted_main + row.converted_rework)}
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <div className={classes.track} style={{ flex: 1 }} aria-hidden>
                      <div
                        className={classes.main}
                        style={{ width: `${(row.converted_main / Math.max(1, row.leads)) * 100}%` }}
                      />
                      <div
                        className={classes.rework}
                        style={{ width: `${(row.converted_rework / Math.max(1, row.leads)) * 100}%` }}
                      />
                    </div>
                    <Text size="sm" className="tabular" w={52} ta="right">
                      {share(row.conversion)}
                    </Text>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
      <Group gap="lg" mt="sm">
        <Text size="xs" c="dimmed">
          <span className={`${classes.swatch} ${classes.main}`} aria-hidden /> no primeiro contato
        </Text>
        <Text size="xs" c="dimmed">
          <span className={`${classes.swatch} ${classes.rework}`} aria-hidden /> no retrabalho
        </Text>
      </Group>
    </>
  );
}
