export { type PostgresServer, startPostgres } from './postgres.ts'
export { kill, type Program, start } from './program.ts'
export { type PrometheusServer, type Sample, startPrometheus } from './prometheus.ts'
export { type RedisServer, startRedis } from './redis.ts'
