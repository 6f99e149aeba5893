import type { Logger } from 'pino'

import type { Health } from '../health/health.ts'
import type { LogLevels } from '../log/levels.ts'
import type { FaultReporter } from '../seam.ts'
import { type Access, accessOf, type ManagementSettings } from './access.ts'
import { atMost, type Endpoint, Endpoints } from './endpoints.ts'
import { healthEndpoints } from './health.ts'
import { LOGGERS_METHODS, loggersEndpoint } from './loggers.ts'
import { type ManagementPort, serveManagement } from './server.ts'

/** A scrape can be megabytes, held in memory for slow readers. */
const MAX_SCRAPES = 16
const LOOPBACK = '127.0.0.1'
const PROBED = { option: 'health.path' }

export interface ManagementSetup {
  readonly settings: {
    readonly service: string
    readonly management: ManagementSettings
    readonly health: { readonly path: string | false }
    readonly metrics: { readonly path: string | false }
    readonly stats: { readonly path: string | false }
  }
  readonly metrics: Endpoint
  readonly stats: Endpoint
  readonly health: Health
  readonly levels: LogLevels
  readonly log: () => Logger
  readonly fault: FaultReporter
}

/** The endpoints and their ports. */
export interface Management {
  /** On the application's port. */
  readonly endpoints: Endpoints
  /** The port of the options, if set. */
  readonly port: ManagementPort | undefined
  /** Opens another management port. */
  listen(port: number, host?: string): ManagementPort
  close(): Promise<void>
}

/**
 * Assigns endpoints to ports. Probes are public. The others are for operators: on the management port if
 * there is one, otherwise on the application's, and behind the token if there is one.
 */
export function createManagement(setup: ManagementSetup): Management {
  const { settings, metrics, stats, health, levels, log, fault } = setup
  const { management } = settings
  const healthPath = settings.health.path
  const endpoints = new Endpoints(fault)
  const ports: Array<ManagementPort & { close(): Promise<void> }> = []

  /** Mounts the endpoints for operators: on the management port, or on the application's if there is none. */
  function mount(operators: Endpoints, where: ManagementSettings, scrape: Endpoint): void {
    const access = accessOf(where)
    const reading = (endpoint: Endpoint) => behind(access.reads, endpoint, access)
    operators.mount(settings.metrics.path, reading(scrape), { option: 'metrics.path' })
    operators.mount(settings.stats.path, reading(stats), { option: 'stats.path' })
    if (where.port !== undefined || where.token !== undefined) {
      const changing = behind(access.operates, loggersEndpoint(levels, log), access)
      operators.mount(where.loggers, changing, {
        methods: LOGGERS_METHODS,
        option: 'management.loggers',
      })
    }
    if (healthPath === false) return
    for (const [path, endpoint] of healthEndpoints(healthPath, health, { details: access.operates }))
      operators.mount(path, endpoint, PROBED)
  }

  function listen(port: number, host: string = LOOPBACK): ManagementPort {
    const operators = new Endpoints(fault)
    mount(operators, { ...management, port, host }, atMost(MAX_SCRAPES, metrics))
    const opened = serveManagement({ port, host, endpoints: operators, log, fault })
    ports.push(opened)
    return opened
  }

  if (healthPath !== false)
    for (const [path, endpoint] of healthEndpoints(healthPath, health))
      endpoints.mount(path, endpoint, PROBED)
  if (management.port === undefined) mount(endpoints, management, metrics)
  return {
    endpoints,
    port: management.port === undefined ? undefined : listen(management.port, management.host),
    listen,
    async close() {
      await Promise.all(ports.map((each) => each.close()))
    },
  }
}

function behind(allows: Access['reads'], endpoint: Endpoint, { refuse }: Access): Endpoint {
  return (req, res) => (allows(req) ? endpoint(req, res) : refuse(req, res))
}
