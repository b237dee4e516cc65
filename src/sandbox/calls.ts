/** What a call did as a send: only on `POST …/messages` of the WhatsApp sandbox. */
export type SendRecord = {
  /** `api`: the Cloud API was called; `chatwoot`: a public message of a Chatwoot conversation was passed on. */
  via: 'api' | 'chatwoot';
  /** `biz_opaque_callback_data` of the request. */
  attemptId: string | null;
  /** Digits dialled, or the business-scoped user id. */
  to: string | null;
  template: string | null;
  wamid: string | null;
};

/** One call that was taken. `status` is what was answered, null where the connection was cut. */
export type CallRecord = {
  seq: number;
  at: string;
  method: string;
  path: string;
  status: number | null;
  body: unknown;
  /** `status before`, `cut after`, … ; null where nothing was broken. */
  fault: string | null;
  /** Whether the call changed (or for a GET: read) what it was for, whatever was answered. */
  effect: boolean;
} & Partial<SendRecord>;

/** An entry as it is kept: the body stays text until somebody reads it. */
export type OpenCall = Pick<
  CallRecord,
  'method' | 'path' | 'status' | 'fault' | 'effect' | 'wamid' | 'via'
> & {
  at: number;
  bodyText: string;
};

/** What a send's request tells of itself, whatever became of it; nothing for another call. */
export type Describe = (call: { method: string; path: string; body: unknown }) => Partial<SendRecord>;

const MAX_KEPT = 300_000;

/** The calls an app took, in the order they came. The oldest go when there are more than 300,000. */
export class CallLog {
  #calls: OpenCall[] = [];
  #dropped = 0;
  #describe: Describe;

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  /** Opens an entry, to be completed while the call is handled. */
  open(method: string, path: string, bodyText: string): OpenCall {
    const call: OpenCall = {
      at: Date.now(),
      method,
      path,
      status: null,
      bodyText,
      fault: null,
      effect: false,
    };
    this.#calls.push(call);
    if (this.#calls.length > MAX_KEPT) {
      const surplus = MAX_KEPT / 10;
      this.#calls.splice(0, surplus);
      this.#dropped += surplus;
    }
    return call;
  }

  list(): CallRecord[] {
    return this.#calls.map(({ bodyText, at, ...call }, index) => {
      const body = readable(bodyText);
      return {
        seq: this.#dropped + index + 1,
        at: new Date(at).toISOString(),
        ...this.#describe({ method: call.method, path: call.path, body }),
        ...call,
        body,
      };
    });
  }

  clear(): void {
    this.#calls = [];
    this.#dropped = 0;
  }
}

function readable(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
