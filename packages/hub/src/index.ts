export { type Hub, type HubState, startHub } from './hub.ts'
export type { HubLog, HubOptions } from './options.ts'
