export { type PostgresServer, startPostgres } from './postgres.ts'
export { type PrometheusServer, startPrometheus } from './prometheus.ts'
export { type RedisServer, startRedis } from './redis.ts'
export { type PackageRegistry, startRegistry } from './registry.ts'
