export { type Hub, startHub } from './hub.ts'
export type { HubLog, HubOptions } from './options.ts'
export type { HubState } from './parts.ts'
