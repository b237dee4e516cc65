import {
  type ChatwootConnection,
  ChatwootError,
  listInboxes,
  listTeams,
} from '../providers/chatwoot/client.ts';
import { getPhoneNumber } from '../providers/whatsapp/client.ts';
import { WhatsAppError } from '../providers/whatsapp/errors.ts';
import type { ProviderCredentials } from './tenant-variables.ts';

/** How a service answered: `unreachable` may pass by itself, `refused` never does. `line` is told in any case. */
export type Trial = { outcome: 'ok' | 'refused' | 'unreachable'; line: string };

const LATER = 'It is tried again with the first lead.';
// A page in front of the service that is slow must not hold up a start.
const timeoutMs = 8_000;

/** Asks Chatwoot for the inbox and WhatsApp for the number, each once; changes nothing there. */
export function tryCredentials({ chatwoot, whatsapp }: ProviderCredentials): Promise<[Trial, Trial]> {
  return Promise.all([tryChatwoot(chatwoot), tryWhatsapp(whatsapp)]);
}

async function tryChatwoot(given: ProviderCredentials['chatwoot']): Promise<Trial> {
  const { url, accountId, token, inboxId, teamId } = given;
  const connection: ChatwootConnection = { baseUrl: url, accountId, token, timeoutMs };
  try {
    const inboxes = await listInboxes(connection);
    const inbox = inboxes.find(({ id }) => id === inboxId);
    if (!inbox) return refused(`CHATWOOT_INBOX_ID ${inboxId} is none of its inboxes: ${choice(inboxes)}`);
    if (teamId !== null) {
      const teams = await listTeams(connection);
      if (!teams.some(({ id }) => id === teamId)) {
        return refused(`CHATWOOT_TEAM_ID ${teamId} is none of its teams: ${choice(teams)}`);
      }
    }
    return { outcome: 'ok', line: `Chatwoot at ${url}, inbox ${inboxId} "${inbox.name}": OK` };
  } catch (error) {
    if (!(error instanceof ChatwootError)) throw error;
    if (error.kind === 'unauthorized') {
      return refused(
        `it refuses CHATWOOT_TOKEN for account ${accountId} (HTTP ${error.status}). ` +
          'Take the access token of an administrator of that account from his profile settings.',
      );
    }
    if (error.kind === 'not_found') {
      return refused(
        `account ${accountId} is not there (HTTP 404). Correct CHATWOOT_URL, which ends before /app, ` +
          'or CHATWOOT_ACCOUNT_ID, the number after /accounts/.',
      );
    }
    if (error.kind === 'refused')
      return refused(`${error.message}. Check CHATWOOT_URL and what goes with it.`);
    return unreachable(`Chatwoot at ${url}`, error.message, 'CHATWOOT_URL');
  }

  function refused(what: string): Trial {
    return { outcome: 'refused', line: `Chatwoot at ${url}: ${what}` };
  }
}

async function tryWhatsapp(given: ProviderCredentials['whatsapp']): Promise<Trial> {
  const { url, version, phoneNumberId, token } = given;
  try {
    const number = await getPhoneNumber({ baseUrl: url, version, phoneNumberId, token, timeoutMs });
    const words = [number.displayPhoneNumber, number.verifiedName && `"${number.verifiedName}"`];
    const state = [number.status, number.qualityRating && `quality ${number.qualityRating}`];
    const shown = [...words, `(${state.filter(Boolean).join(', ') || 'state not told'})`];
    return { outcome: 'ok', line: `WhatsApp number ${shown.filter(Boolean).join(' ')}: OK` };
  } catch (error) {
    if (!(error instanceof WhatsAppError)) throw error;
    const { code, status, details } = error;
    const said = details ? ` Meta says: ${details}` : '';
    const how = [code !== null && `code ${code}`, status !== null && `HTTP ${status}`]
      .filter(Boolean)
      .join(', ');
    if (code === 190 || status === 401) {
      return refused(`Meta refuses WHATSAPP_TOKEN (${how}). Make a permanent one for a system user.${said}`);
    }
    if (code === 10 || (code !== null && code >= 200 && code < 300) || status === 403) {
      return refused(
        `WHATSAPP_TOKEN lacks a right (${how}). It needs whatsapp_business_messaging for this number.${said}`,
      );
    }
    if (code === 100 || status === 404) {
      return refused(
        `WHATSAPP_PHONE_NUMBER_ID ${phoneNumberId} is no number that WHATSAPP_TOKEN may see (${how}). ` +
          `It is the id on the app's WhatsApp page, not the number itself.${said}`,
      );
    }
    const passing = ['retry', 'not_sent', 'ambiguous'].includes(error.class);
    if (passing) return unreachable(`WhatsApp at ${url}`, error.message, 'WHATSAPP_URL');
    return refused(`${error.message}.${said}`);
  }

  function refused(what: string): Trial {
    return { outcome: 'refused', line: `WhatsApp: ${what}` };
  }
}

function unreachable(service: string, why: string, variable: string): Trial {
  return {
    outcome: 'unreachable',
    line: `${service} could not be asked (${why}). ${LATER} Check ${variable} if it stays so.`,
  };
}

function choice(there: { id: number; name: string }[]): string {
  return there.length > 0
    ? `it has ${there.map(({ id, name }) => `${id} "${name}"`).join(', ')}.`
    : 'it has none.';
}
