/** The replacement for a secret. */
export const CENSOR = '[redacted]'
