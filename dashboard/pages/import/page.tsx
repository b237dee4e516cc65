import { Button, Code, FileInput, Group, Stack, Text } from '@mantine/core';
import { IconFileTypeCsv, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ImportProgress as Reached } from '../../../src/contract/connection.ts';
import { keys } from '../../api/query-keys.ts';
import { FailureNotice } from '../../elements/failure-notice.tsx';
import { PageHeader } from '../../elements/page-header.tsx';
import { Surface } from '../../elements/surface.tsx';
import { toastDone } from '../../elements/toasts.ts';
import { count } from '../../words/formatting.ts';
import { ImportProgress } from './import-progress.tsx';
import { Refused, Summary } from './import-result.tsx';
import { bytesOf, sendFile } from './send-file.ts';

const SAMPLE = 'nome;telefone;cnpj;consultor;status_indicacao;email;observacoes';

/** Many referrals at once, from a spreadsheet: checked first, and only then sent. */
export function ImportPage() {
  const [file, setFile] = useState<File | null>(null);
  const queryClient = useQueryClient();
  const emptyInput = useRef<() => void>(null);
  const checkFile = useMutation({
    mutationFn: async (chosen: File) => {
      const bytes = await bytesOf(chosen);
      return { bytes, result: await sendFile(bytes, true) };
    },
  });
  const [reached, setReached] = useState<Reached | null>(null);
  const importFile = useMutation({
    mutationFn: (checked: ArrayBuffer) => sendFile(checked, false, setReached),
    onMutate: () => setReached(null),
    onSuccess: async (result) => {
      const taken = result.received + result.joined;
      toastDone(taken === 1 ? '1 indicação recebida.' : `${count(taken)} indicações recebidas.`);
      await queryClient.invalidateQueries({ queryKey: keys.board });
      await queryClient.invalidateQueries({ queryKey: keys.leads });
    },
  });
  const result = importFile.data ?? checkFile.data?.result;
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
              clearable={!importFile.isPending}
              clearButtonProps={{ 'aria-label': 'Tirar o arquivo' }}
              disabled={importFile.isPending}
              leftSection={<IconFileTypeCsv size={18} stroke={1.7} />}
              value={file}
              resetRef={emptyInput}
              onChange={(chosen) => {
                // An input that holds a file says nothing when the same one is chosen again, corrected.
                emptyInput.current?.();
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
          <Surface title={titleOf(result.dry_run, importFile.isPending)}>
            <Stack>
              <Summary result={result} />
              {importFile.error && <FailureNotice error={importFile.error} />}
              {importFile.isPending && <ImportProgress reached={reached} />}
              {result.dry_run && checkFile.data && !importFile.isPending && (
                <Group>
                  <Button
                    leftSection={<IconUpload size={17} />}
                    disabled={good === 0}
                    onClick={() => importFile.mutate(checkFile.data.bytes)}
                  >
                    {importFile.error ? 'Enviar de novo' : importWords(good)}
                  </Button>
                  <Text size="xs" c="dimmed">
                    As mensagens começam a sair em seguida, no ritmo do número.
                  </Text>
                </Group>
              )}
              {result.refused.length > 0 && <Refused refused={result.refused} />}
            </Stack>
          </Surface>
        )}
      </Stack>
    </>
  );
}

const importWords = (good: number) =>
  good === 1 ? 'Importar 1 indicação' : `Importar ${count(good)} indicações`;

const titleOf = (isChecked: boolean, isImporting: boolean) =>
  isImporting ? '2. Importando' : isChecked ? '2. Confira' : 'Resultado';
