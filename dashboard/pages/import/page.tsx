import { Alert, Button, Code, FileInput, Group, Stack, Table, Text } from '@mantine/core';
import { IconFileTypeCsv, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LeadImport } from '../../../src/contract/connection.ts';
import { keys } from '../../api/query-keys.ts';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { Surface } from '../../elements/surface.tsx';
import { toastDone } from '../../elements/toasts.ts';
import { count } from '../../words/formatting.ts';
import { sendFile } from './send-file.ts';

const SAMPLE = 'nome;telefone;cnpj;consultor;status_indicacao;email;observacoes';

/** Many referrals at once, from a spreadsheet: checked first, and only then sent. */
export function ImportPage() {
  const [file, setFile] = useState<File | null>(null);
  const queryClient = useQueryClient();
  const checkFile = useMutation({ mutationFn: (chosen: File) => sendFile(chosen, true) });
  const importFile = useMutation({
    mutationFn: (chosen: File) => sendFile(chosen, false),
    onSuccess: async (result) => {
      toastDone(`${count(result.received + result.joined)} indicações recebidas.`);
      await queryClient.invalidateQueries({ queryKey: keys.board });
      await queryClient.invalidateQueries({ queryKey: keys.leads });
    },
  });
  const result = importFile.data ?? checkFile.data;
  const good = result ? result.lines - result.refused.length : 0;
  return (
    <>
      <PageHeader
        title="Importar"
        description="Muitas indicações de uma vez, de uma planilha salva como CSV."
      />
      <Stack gap="md">
        <Surface title="1. Escolha o arquivo">
          <Stack>
            <Text size="sm">
              A primeira linha traz os nomes das colunas, em qualquer ordem; cnpj, email e observacoes podem
              faltar. Até 5.000 linhas, separadas por ponto e vírgula ou vírgula.
            </Text>
            <Code block tabIndex={0} aria-label="Exemplo da primeira linha">
              {SAMPLE}
            </Code>
            <FileInput
              label="Arquivo CSV"
              placeholder="Escolher arquivo"
              accept=".csv,text/csv"
              maw={420}
              clearable
              leftSection={<IconFileTypeCsv size={18} stroke={1.7} />}
              value={file}
              onChange={(chosen) => {
                setFile(chosen);
                importFile.reset();
                checkFile.reset();
                if (chosen) checkFile.mutate(chosen);
              }}
            />
            {checkFile.isPending && <Text size="sm">Conferindo as linhas…</Text>}
            {checkFile.error && <FailureNotice error={checkFile.error} />}
          </Stack>
        </Surface>
        {result && (
          <Surface title={result.dry_run ? '2. Confira' : 'Resultado'}>
            <Stack>
              <Summary result={result} />
              {result.refused.length > 0 && <Refused refused={result.refused} />}
              {importFile.error && <FailureNotice error={importFile.error} />}
              {result.dry_run && file && (
                <Group>
                  <Button
                    leftSection={<IconUpload size={17} />}
                    disabled={good === 0}
                    loading={importFile.isPending}
                    onClick={() => importFile.mutate(file)}
                  >
                    {good === 1 ? 'Importar 1 indicação' : `Importar ${count(good)} indicações`}
                  </Button>
                  <Text size="xs" c="dimmed">
                    As mensagens começam a sair em seguida, no ritmo do número.
                  </Text>
                </Group>
              )}
            </Stack>
          </Surface>
        )}
      </Stack>
    </>
  );
}

function Summary({ result }: { result: LeadImport }) {
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

const Refused = ({ refused }: { refused: LeadImport['refused'] }) => (
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
