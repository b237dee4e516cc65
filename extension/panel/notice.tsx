import type { ReactNode } from 'react';
import { Icon, PATHS } from './icons.tsx';

/** Something the person should know now; read out where it appears. */
export function Notice({
  kind,
  children,
}: {
  kind: 'info' | 'warning' | 'error' | 'good';
  children: ReactNode;
}) {
  const icon = kind === 'good' ? PATHS.check : kind === 'info' ? PATHS.people : PATHS.alert;
  return (
    <div className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon path={icon} />
      <p>{children}</p>
    </div>
  );
}
