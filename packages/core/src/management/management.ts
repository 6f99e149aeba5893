import type { Logger } from 'pino'

import { atMost, type Endpoint, Endpoints } from '../endpoints.ts'
import type { FaultReporter } from '../fault.ts'
import { healthEndpoints } from '../health/endpoints.ts'
import type { Health } from '../health/health.ts'
import type { LogLevels } from '../log/levels.ts'
import type { Settings } from '../settings.ts'
import { type Access, accessOf } from './access.ts'
import { LOGGERS_METHODS, loggersEndpoint } from './loggers.ts'
import { type ManagementPort, serveManagement } from './server.ts'
import type { ManagementSettings } from './settings.ts'

/** A scrape can be megabytes, which wait in memory for a reader that may be slow. */
const MAX_SCRAPES = 16
const LOOPBACK = '127.0.0.1'
const PROBED = { option: 'health.path' }

export interface ManagementSetup {
  readonly settings: Settings
  /** What operators read. */
  readonly metrics: Endpoint
  readonly stats: Endpoint
  readonly health: Health
  readonly levels: LogLevels
  readonly log: () => Logger
  readonly fault: FaultReporter
}

/** What is answered where. */
export interface Management {
  /** On the application's port. */
  readonly endpoints: Endpoints
  /** The port of the options; `undefined`: there is none. */
  readonly port: ManagementPort | undefined
  /** Opens another port for operators. */
  listen(port: number, host?: string): ManagementPort
  /** Closes all ports. */
  close(): Promise<void>
}

/**
 * Lays out who is answered what: probes are for everybody. The rest is for operators: on a port of their own where there
 * is one, else on the application's, and behind the token where there is one.
 */
export function createManagement(setup: ManagementSetup): Management {
  const { settings, metrics, stats, health, levels, log, fault } = setup
  const { management } = settings
  const healthPath = settings.health.path
  const endpoints = new Endpoints(fault)
  const ports: Array<ManagementPort & { close(): Promise<void> }> = []

  /** Mounts what operators are answered where there is such a port, or none: then it is the application's. */
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
