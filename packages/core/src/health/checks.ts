/** Ready-made checks of what services stand on. Each takes what the service has already, and brings nothing along. */
export { disk, type DiskLimits } from './checks/disk.ts'
export { eventLoop } from './checks/event-loop.ts'
export { http, type HttpCheckOptions } from './checks/http.ts'
export type { UpperLimits } from './checks/limits.ts'
export { memory } from './checks/memory.ts'
export { postgres, type PostgresCheckOptions, type PostgresPool } from './checks/postgres.ts'
export { redis, type RedisClient } from './checks/redis.ts'
export { service, type ServiceCheckOptions } from './checks/service.ts'
