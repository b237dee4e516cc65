/**
 * Calls `gone` once the npm that runs us is no more, however it died. Without npm nobody is watched. Stop it
 * before the end.
 */
export function watchStarter(env: NodeJS.ProcessEnv, gone: () => void): { stop(): void };
