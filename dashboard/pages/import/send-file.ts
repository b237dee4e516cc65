import type { ImportProgress, LeadImport } from '../../../src/contract/connection.ts';
import { address, sendForLines } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';

/** The answer broke off: how much of the file was taken is not known, and does not matter. */
const interrupted = () =>
  new ApiProblem({
    status: 0,
    code: 'import_interrupted',
    title:
      'A conexão caiu antes do fim. Confira a sua internet e envie o mesmo arquivo de novo: o que já foi gravado não se repete.',
  });

/**
 * The bytes of a file as they are now: whatever is saved over it later, these are what is checked and what is sent.
 * Throws an `ApiProblem` where the browser cannot read it.
 */
export function bytesOf(file: File): Promise<ArrayBuffer> {
  return file.arrayBuffer().catch(() => {
    throw new ApiProblem({
      status: 0,
      code: 'file_unreadable',
      title:
        'Não foi possível ler o arquivo: ele pode ter sido movido, apagado ou salvo neste momento. Escolha-o de novo.',
    });
  });
}

/**
 * Sends the file's bytes as they are: the API tells by them whether a spreadsheet saved UTF-8 or Windows-1252.
 * `onlyCheck`: nothing is stored. `onProgress` hears again and again how far it is. Throws an `ApiProblem`.
 */
export async function sendFile(
  bytes: ArrayBuffer,
  onlyCheck: boolean,
  onProgress: (progress: ImportProgress) => void = () => {},
): Promise<LeadImport> {
  const path = address('/v1/leads/import', { dry_run: onlyCheck });
  for await (const line of sendForLines<ImportProgress | LeadImport>(path, 'text/csv', bytes, interrupted)) {
    if (!('done' in line)) return line;
    onProgress(line);
  }
  throw interrupted();
}
