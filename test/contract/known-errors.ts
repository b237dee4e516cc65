import type { CheckedCall, Violation } from './prism.ts';

/** What a specification says wrongly of one call: exactly these violations of it are none. */
export type KnownError = {
  why: string;
  call: RegExp;
  status: number;
  /** The place and the code of each; the number of an entry in a list counts as `*`. */
  violations: string[];
};

/** Where Chatwoot's specification (4.15.1) is wrong, as the notes kept with it say. */
export const CHATWOOT_ERRORS: KnownError[] = [
  {
    why: 'a contact that was created comes as {payload: {contact, contact_inbox}}, not as a list',
    call: /^POST \/contacts$/,
    status: 200,
    violations: ['response.body.payload: type'],
  },
  {
    why: 'the last condition of a filter is joined to nothing: query_operator null',
    call: /^POST \/contacts\/filter$/,
    status: 200,
    violations: [
      'request.body.payload.*.query_operator: type',
      'request.body.payload.*.query_operator: enum',
    ],
  },
  {
    why: 'a conversation needs no source_id: Chatwoot takes the contact’s',
    call: /^POST \/conversations$/,
    status: 200,
    violations: ['request.body: required'],
  },
  // Not in those notes:
  {
    why: 'webhooks come as {payload: {webhooks: […]}}, not as a list',
    call: /^GET \/webhooks$/,
    status: 200,
    violations: ['response.body: type'],
  },
  {
    why: 'a contact that was changed comes back with 200, where the specification has 204 (and yet a body)',
    call: /^PUT \/contacts\/\d+$/,
    status: 200,
    violations: ['response: status'],
  },
  {
    why: 'a phone that is taken is 422, of which the specification does not know',
    call: /^POST \/contacts$/,
    status: 422,
    violations: ['response: status'],
  },
];

/** The violations of a call that no known error explains, one line each. */
export function unexplained(calls: readonly CheckedCall[], known: readonly KnownError[]): string[] {
  return calls.flatMap((call) => {
    const explained = known.filter((error) => fits(error, call)).flatMap(({ violations }) => violations);
    return call.violations
      .map((violation) => [placeOf(violation), violation.message] as const)
      .filter(([place]) => !explained.includes(place))
      .map(([place, message]) => `${nameOf(call)} ${call.status}: ${place}: ${message}`);
  });
}

/** The known errors of which nothing was seen: they are mended, or no call comes near them any more. */
export function unseen(calls: readonly CheckedCall[], known: readonly KnownError[]): string[] {
  return known
    .filter((error) => {
      const places = calls
        .filter((call) => fits(error, call))
        .flatMap((call) => call.violations.map(placeOf));
      return !error.violations.every((place) => places.includes(place));
    })
    .map(({ why }) => why);
}

const fits = (error: KnownError, call: CheckedCall) =>
  error.status === call.status && error.call.test(nameOf(call));

/** Method and path, without the account and what is asked for. */
const nameOf = ({ method, path }: CheckedCall) =>
  `${method} ${path.replace(/^\/api\/v1\/accounts\/\d+/, '').replace(/\?.*/, '')}`;

function placeOf({ location, code, message }: Violation): string {
  const place = location.map((part) => (/^\d+$/.test(part) ? '*' : part)).join('.');
  return `${place}: ${code ?? (/status code/.test(message) ? 'status' : message)}`;
}
