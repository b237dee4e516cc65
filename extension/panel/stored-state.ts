import { useEffect, useState } from 'react';
import { type Stored, watch } from '../stored.ts';

/** What is kept under a name, as it changes; undefined until it is read. */
export function useStored<Name extends keyof Stored>(name: Name): Stored[Name] | undefined {
  const [value, setValue] = useState<Stored[Name]>();
  useEffect(() => watch(name, (now) => setValue(() => now)), [name]);
  return value;
}
