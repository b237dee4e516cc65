/** Prints the steps of a start, one line each with the time it took; shows that a long one lives. */
export type Progress = {
  line(text: string): void;
  step<Result>(
    label: string,
    work: () => Promise<Result>,
    done?: (result: Result) => string,
  ): Promise<Result>;
};
export function openProgress(stream?: NodeJS.WriteStream): Progress;
