import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Overview } from '../../../src/contract/overview.ts';
import { errorClassName, priceCategoryName, refusalCause } from '../../../src/domain/sending-words.ts';
import { count, money } from '../../words/formatting.ts';

/** What the messages cost, by Meta's category, by the tenant's own price list. */
export function Costs({ cost }: { cost: Overview['cost'] }) {
  return (
    <>
      {cost.categories.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nenhuma mensagem cobrada no período.
        </Text>
      ) : (
        <Table verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Categoria</Table.Th>
              <Table.Th ta="right">Mensagens</Table.Th>
              <Table.Th ta="right">Custo</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cost.categories.map(({ category, messages, total }) => (
              <Table.Tr key={category}>
                <Table.Td>{priceCategoryName(category)}</Table.Td>
                <Table.Td ta="right" className="tabular">
                  {count(messages)}
                </Table.Td>
                <Table.Td ta="right" className="tabular">
                  {money(total)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="xs" c="dimmed" mt="sm">
        Estimativa pela sua{' '}
        <Anchor component={Link} to="/configuracoes/precos" size="xs" underline="always">
          tabela de preços
        </Anchor>
        .
      </Text>
    </>
  );
}

/** Which errors kept messages from arriving, the most frequent first. */
export function Errors({ errors }: { errors: Overview['errors'] }) {
  if (errors.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nenhum erro de envio no período.
      </Text>
    );
  }
  return (
    <Table verticalSpacing={8}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Causa</Table.Th>
          <Table.Th ta="right">Vezes</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {errors.map(({ code, class: kind, text, count: times }) => (
          <Table.Tr key={`${code} ${kind} ${text}`}>
            <Table.Td>
              <Text size="sm">{refusalCause(code, text)}</Text>
              <Text size="xs" c="dimmed" component="div">
                {code !== null && `Código ${code} da Meta `}
                <Badge size="xs" variant="light" color="gray" tt="none">
                  {errorClassName(kind)}
                </Badge>
              </Text>
            </Table.Td>
            <Table.Td ta="right" className="tabular">
              {count(times)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
