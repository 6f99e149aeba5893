import { type Payments, startPayments } from './incident/payments.ts'
import { readStats } from './readings.ts'
import { type RunningService, startService } from './service-process.ts'
import { PLANS, type ServiceName } from './services.ts'

/** The running shop. */
export interface OpenShop {
  readonly services: Readonly<Record<ServiceName, RunningService>>
  readonly payments: Payments
  /** Rejects when a service ends unexpectedly. */
  readonly failure: Promise<never>
  /** Stops all services, waits for their end, and returns how failed ones ended. */
  close(): Promise<string[]>
}

/** Called before each service starts. */
type Announce = (name: ServiceName, framework: string) => void

/** The start options of the shop. */
export interface ShopSetup {
  readonly logFolder: string
  /** Further environment variables of each service. */
  readonly variables: Readonly<Record<string, string>>
  readonly announce: Announce
}

/**
 * Starts the services, each called one before its caller, and waits until each answers.
 *
 * @throws {Error} if one does not start; the others have then ended
 */
export async function openShop({ logFolder, variables, announce }: ShopSetup): Promise<OpenShop> {
  const running = new Map<ServiceName, RunningService>()
  const close = async () =>
    (await Promise.all(Array.from(running.values(), lastWordsOf))).filter((words) => words !== undefined)
  try {
    announce('payments', PLANS.payments.framework)
    const payments = await startPayments({ logFolder, variables })
    running.set('payments', payments)
    await readStats(payments)
    for (const name of ['orders', 'storefront'] as const) {
      const { framework, upstream } = PLANS[name]
      announce(name, framework)
      const service = await startService(PLANS[name], {
        logFolder,
        variables: { ...variables, ...addressOf(upstream, running) },
      })
      running.set(name, service)
      await readStats(service)
    }
    // All names are set by now.
    const services = Object.fromEntries(running) as Record<ServiceName, RunningService>
    return { services, payments, failure: firstToFail(Object.values(services)), close }
  } catch (error) {
    await close()
    throw error
  }
}

function addressOf(
  upstream: { readonly name: ServiceName; readonly variable: string } | undefined,
  running: ReadonlyMap<ServiceName, RunningService>,
): Record<string, string> {
  const service = upstream && running.get(upstream.name)
  return service ? { [upstream.variable]: service.url } : {}
}

async function lastWordsOf(service: RunningService): Promise<string | undefined> {
  const how = await service.stop()
  return how === 'with code 0' ? undefined : `${service.name} ended ${how}: see ${service.log.file}`
}

function firstToFail(services: readonly RunningService[]): Promise<never> {
  const failures = services.map(async ({ name, ended, log }): Promise<never> => {
    throw new Error(`${name} ended by itself, ${await ended}. Its last words are in ${log.file}`)
  })
  const first = Promise.race(failures)
  // A later, intended end of a service must not become an unhandled rejection.
  first.catch(() => {})
  return first
}
