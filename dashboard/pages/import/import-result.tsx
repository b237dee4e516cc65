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
    [result.received, 'leads novos'],
    [result.joined, 'juntaram-se a um lead em aberto'],
    [result.opted_out, 'pediram descadastro e não recebem nada'],
    [result.known, 'já tinham sido importadas'],
    [refused.length, 'recusadas'],
  ] as const;
  return (
    <Alert variant="light" color={refused.length > 0 ? 'yellow' : 'verde'} role="status">
      {parts
        .filter(([number]) => number > 0)
        .map(([number, words]) => `${count(number)} ${words}`)
        .join(' · ')}
    </Alert>
  );
}

/** The lines that were refused, with what to correct in each. */
export const Refused = ({ refused }: { refused: LeadImport['refused'] }) => (
  <Table verticalSpacing={6}>
    <Table.Thead>
      <Table.Tr>
        <Table.Th w={80}>Linha</Table.Th>
        <Table.Th w={160}>Campo</Table.Th>
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
