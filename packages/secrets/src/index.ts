export { CENSOR, createSecrets, lastName, type Secrets } from './secrets.ts'
export { Remembered } from './remembered.ts'
