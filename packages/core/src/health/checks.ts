/** Built-in checks for common dependencies. Each uses the service's own client and adds no package. */
export { disk, type DiskLimits } from './checks/disk.ts'
export { eventLoop } from './checks/event-loop.ts'
export { http, type HttpCheckOptions } from './checks/http.ts'
export type { UpperLimits } from './checks/limits.ts'
export { memory } from './checks/memory.ts'
export { postgres, type PostgresCheckOptions, type PostgresPool } from './checks/postgres.ts'
export { redis, type RedisClient } from './checks/redis.ts'
export { service, type ServiceCheckOptions } from './checks/service.ts'
