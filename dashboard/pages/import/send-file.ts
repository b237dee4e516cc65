import type { LeadImport } from '../../../src/contract/connection.ts';
import { address, sendText } from '../../api/client.ts';

/**
 * Sends the file's bytes as they are: the API tells by them whether a spreadsheet saved UTF-8 or Windows-1252.
 * `onlyCheck`: nothing is stored.
 */
export function sendFile(file: File, onlyCheck: boolean): Promise<LeadImport> {
  return sendText(address('/v1/leads/import', { dry_run: onlyCheck }), 'text/csv', file);
}
