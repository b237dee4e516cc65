/** Where to go after signing in: the path that was asked for, where it is one of this site; else the leads. */
export function afterSignIn(asked: string | null): string {
  return asked !== null && /^\/(?![/\\])/.test(asked) && !asked.startsWith('/entrar') ? asked : '/leads';
}
