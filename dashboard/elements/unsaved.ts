import { createContext, use, useEffect, useId } from 'react';

/** How forms and ways out are bound to the one question that stands before what is not saved. */
export const Unsaved = createContext<{
  note(form: string, hasChanges: boolean): void;
  leave(go: () => void): void;
  isAsking: boolean;
}>({ note() {}, leave: (go) => go(), isAsking: false });

/** Says of a form whether it holds changes that are not saved: then nobody leaves without being asked. */
export function useUnsaved(hasChanges: boolean): void {
  const form = useId();
  const { note } = use(Unsaved);
  useEffect(() => {
    if (!hasChanges) return;
    note(form, true);
    return () => note(form, false);
  }, [form, hasChanges, note]);
}

/** For a way out that is no address: `leave` goes it, once the person has agreed where something is not saved. */
export function useLeaving() {
  const { leave, isAsking } = use(Unsaved);
  return { leave, isAsking };
}
