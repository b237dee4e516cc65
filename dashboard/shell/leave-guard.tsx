import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type BlockerFunction, useBlocker } from 'react-router';
import { Confirm } from '../elements/confirm.tsx';
import { Unsaved } from '../elements/unsaved.ts';

/** A dialog below hears the key that closes the question too, and must find it still asked. */
const afterThisKey = (work: () => void) => void setTimeout(work);

/** Asks before what was typed and not saved is lost: on the way to another page, out, or with the browser's tab. */
export function LeaveGuard({ children }: { children: ReactNode }) {
  // No state: whoever leaves a moment after the last key is asked as well.
  const forms = useRef(new Set<string>());
  const [held, setHeld] = useState<(() => void) | null>(null);
  const blocker = useBlocker(
    useCallback<BlockerFunction>(
      ({ currentLocation, nextLocation }) =>
        forms.current.size > 0 &&
        nextLocation.pathname !== currentLocation.pathname &&
        // Nothing can be saved any more once the session is over.
        nextLocation.pathname !== '/entrar',
      [],
    ),
  );
  const isAsking = held !== null || blocker.state === 'blocked';

  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (forms.current.size > 0) event.preventDefault();
    };
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, []);

  const note = useCallback((form: string, hasChanges: boolean) => {
    if (hasChanges) forms.current.add(form);
    else forms.current.delete(form);
  }, []);
  const leave = useCallback((go: () => void) => {
    if (forms.current.size > 0) setHeld(() => go);
    else go();
  }, []);

  return (
    <Unsaved value={useMemo(() => ({ note, leave, isAsking }), [note, leave, isAsking])}>
      {children}
      <Confirm
        opened={isAsking}
        title="Sair sem salvar?"
        text="O que você mudou aqui ainda não foi salvo e se perde."
        action="Sair sem salvar"
        cancel="Continuar editando"
        isDangerous
        onConfirm={() => {
          held?.();
          blocker.proceed?.();
        }}
        onCancel={() => afterThisKey(() => blocker.reset?.())}
        onClose={() => afterThisKey(() => setHeld(null))}
      />
    </Unsaved>
  );
}
