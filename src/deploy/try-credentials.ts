import { tryChatwoot as askChatwoot } from '../connections/chatwoot-trial.ts';
import { tryNumber } from '../connections/whatsapp-trial.ts';
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
  const found = await askChatwoot({ baseUrl: url, accountId, token, timeoutMs });
  switch (found.fault) {
    case 'unauthorized':
      return refused(
        `it refuses CHATWOOT_TOKEN for account ${accountId} (HTTP ${found.status}). ` +
          'Take the access token of an administrator of that account from his profile settings.',
      );
    case 'unknown_account':
      return refused(
        `account ${accountId} is not there (HTTP 404). Correct CHATWOOT_URL, which ends before /app, ` +
          'or CHATWOOT_ACCOUNT_ID, the number after /accounts/.',
      );
    case 'refused':
      return refused(`${found.message}. Check CHATWOOT_URL and what goes with it.`);
    case 'unreachable':
      return unreachable(`Chatwoot at ${url}`, found.message, 'CHATWOOT_URL');
  }
  const { inboxes, teams } = found;
  const inbox = inboxes.find(({ id }) => id === inboxId);
  if (!inbox) return refused(`CHATWOOT_INBOX_ID ${inboxId} is none of its inboxes: ${choice(inboxes)}`);
  if (teamId !== null && !teams.some(({ id }) => id === teamId)) {
    return refused(`CHATWOOT_TEAM_ID ${teamId} is none of its teams: ${choice(teams)}`);
  }
  return { outcome: 'ok', line: `Chatwoot at ${url}, inbox ${inboxId} "${inbox.name}": OK` };

  function refused(what: string): Trial {
    return { outcome: 'refused', line: `Chatwoot at ${url}: ${what}` };
  }
}

async function tryWhatsapp(given: ProviderCredentials['whatsapp']): Promise<Trial> {
  const { url, version, phoneNumberId, token } = given;
  const found = await tryNumber({ baseUrl: url, version, phoneNumberId, token, timeoutMs });
  if (found.fault === null) {
    const { number } = found;
    const words = [number.displayPhoneNumber, number.verifiedName && `"${number.verifiedName}"`];
    const state = [number.status, number.qualityRating && `quality ${number.qualityRating}`];
    const shown = [...words, `(${state.filter(Boolean).join(', ') || 'state not told'})`];
    return { outcome: 'ok', line: `WhatsApp number ${shown.filter(Boolean).join(' ')}: OK` };
  }
  const { how, message } = found;
  const said = found.said ? ` Meta says: ${found.said}` : '';
  switch (found.fault) {
    case 'token_refused':
      return refused(`Meta refuses WHATSAPP_TOKEN (${how}). Make a permanent one for a system user.${said}`);
    case 'right_missing':
      return refused(
        `WHATSAPP_TOKEN lacks a right (${how}). It needs whatsapp_business_messaging for this number.${said}`,
      );
    case 'unknown_id':
      return refused(
        `WHATSAPP_PHONE_NUMBER_ID ${phoneNumberId} is no number that WHATSAPP_TOKEN may see (${how}). ` +
          `It is the id on the app's WhatsApp page, not the number itself.${said}`,
      );
    case 'unreachable':
      return unreachable(`WhatsApp at ${url}`, message, 'WHATSAPP_URL');
    case 'refused':
      return refused(`${message}.${said}`);
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
