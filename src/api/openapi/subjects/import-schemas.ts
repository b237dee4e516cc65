import { z } from 'zod';
import { importProgress, leadImport } from '../../../contract/connection.ts';
import { problem } from '../../../contract/listings.ts';
import { described } from '../operation.ts';

/** A line of what is answered while a file is taken in. */
export const importLine = z.union([importProgress, leadImport, problem]);

/** What becomes of an imported file. */
export const IMPORT_SCHEMAS = [
  described(importProgress, {
    name: 'ImportProgress',
    fields: {
      done: 'Quantas linhas já foram tratadas, as recusadas inclusive.',
      lines: 'Quantas linhas o arquivo tem, fora a de títulos.',
    },
  }),
  described(leadImport, {
    name: 'LeadImport',
    fields: {
      dry_run: 'Se foi só conferido.',
      lines: 'Quantas linhas o arquivo tem, fora a de títulos.',
      received: 'Quantas abriram um lead.',
      joined: 'Quantas se juntaram a um lead aberto.',
      opted_out: 'Quantas são de quem pediu descadastro.',
      known: 'Quantas já tinham sido enviadas: nada aconteceu de novo.',
      refused: 'As linhas recusadas.',
    },
  }),
  described(leadImport.shape.refused.element, {
    fields: { line: 'A linha no arquivo, a partir de 1.', errors: 'Os campos a corrigir.' },
  }),
  described(leadImport.shape.refused.element.shape.errors.element, {
    fields: {
      field: 'O campo.',
      code: 'O que há de errado, para programas.',
      message: 'O que dizer a quem digitou, em português.',
    },
  }),
];
