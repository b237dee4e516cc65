import { Alert, Table } from '@mantine/core';
import type { LeadImport } from '../../../src/contract/connection.ts';
import { count } from '../../words/formatting.ts';

/** What became of the lines, or would become of them, in one sentence. */
export function Summary({ result }: { result: LeadImport }) {
  const { lines, refused } = result;
  if (result.dry_run) {
    return (
      <Alert variant="light" color={refused.length > 0 ? 'yellow' : 'verde'} role="status">
        {count(lines - refused.length)} de {count(lines)}{' '}
        {lines === 1 ? 'linha está certa' : 'linhas estão certas'}.
        {refused.length > 0 &&
          ' As outras estão abaixo: corrija-as na planilha e envie de novo, ou importe só as certas. O que já foi importado não se repete.'}
      </Alert>
    );
  }
  const parts = [
    [result.received, 'lead novo', 'leads novos'],
    [result.joined, 'juntou-se a um lead em aberto', 'juntaram-se a um lead em aberto'],
    [result.opted_out, 'pediu descadastro e não recebe nada', 'pediram descadastro e não recebem nada'],
    [result.known, 'já tinha sido importada', 'já tinham sido importadas'],
    [refused.length, 'recusada', 'recusadas'],
  ] as const;
  return (
    <Alert variant="light" color={refused.length > 0 ? 'yellow' : 'verde'} role="status">
      {parts
        .filter(([number]) => number > 0)
        .map(([number, one, more]) => `${count(number)} ${number === 1 ? one : more}`)
        .join(' · ')}
    </Alert>
  );
}

/** The lines that were refused, with what to correct in each. */
export const Refused = ({ refused }: { refused: LeadImport['refused'] }) => (
  <Table verticalSpacing={6}>
    <Table.Thead>
      <Table.Tr>
        <Table.Th w={70}>Linha</Table.Th>
        <Table.Th w={120}>Campo</Table.Th>
        <Table.Th>O que corrigir</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {refused.flatMap(({ line, errors }) =>
        errors.map(({ field, message }) => (
          <Table.Tr key={`${line} ${field}`}>
            <Table.Td className="tabular">{line}</Table.Td>
            <Table.Td>{field || '–'}</Table.Td>
            <Table.Td>{message}</Table.Td>
          </Table.Tr>
        )),
      )}
    </Table.Tbody>
  </Table>
);
