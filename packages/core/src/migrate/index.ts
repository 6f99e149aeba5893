export { type ExpressPromBundleOptions, fromExpressPromBundle } from './express-prom-bundle.ts'
export {
  type FastifyMetricsOptions,
  type FastifyRouteMetrics,
  fromFastifyMetrics,
} from './fastify-metrics.ts'
export { fromPinoHttp, type PinoHttpOptions } from './pino-http.ts'
