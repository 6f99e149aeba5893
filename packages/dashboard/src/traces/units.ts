/** A duration in milliseconds as the search language has it: whole nanoseconds. */
export const durationText = (ms: number): string => `${Math.max(0, Math.round(ms * 1e6))}ns`
