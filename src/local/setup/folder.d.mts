/**
 * Makes a folder and those above it. Throws an error with `code` and, in words, the reason where one of them
 * cannot be made.
 */
export function makeFolder(path: string): void;
